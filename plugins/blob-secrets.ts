import { changedRegion, lineAt } from './changed-region.ts'
import { isPlaceholder } from './placeholder.ts'
import type { PluginPort } from './port.ts'

/** A blob, where it lies, and the blob that it takes the place of. */
export interface ChangedBlob {
  readonly path: string
  readonly oid: string
  readonly oldOid?: string
}

/** A secret that a blob has and the blob before it had not. Its text stays in the daemon. */
export interface BlobSecret {
  readonly path: string
  readonly kind: string
  readonly line: number
  /** Whether it looks like an example rather than like something that opens a door. */
  readonly isPlaceholder: boolean
}

type SecretsPort = Pick<PluginPort, 'readBlobs' | 'findSecrets'>

/** Secrets named of one blob: a dump of keys needs no more to be refused. */
const mostPerBlob = 20

/** Returns the secrets that these blobs bring in, in their order. Binary blobs and larger ones are passed over. */
export async function secretsInBlobs(
  repository: string,
  blobs: readonly ChangedBlob[],
  maxBytes: number,
  port: SecretsPort,
  signal: AbortSignal,
): Promise<BlobSecret[]> {
  const oids = blobs.flatMap(({ oid, oldOid }) => (oldOid === undefined ? [oid] : [oid, oldOid]))
  const unique = [...new Set(oids)]
  const contents = await port.readBlobs(repository, unique, maxBytes, signal)
  const texts = new Map(unique.map((oid, index) => [oid, textOf(contents[index])]))
  const found: BlobSecret[] = []
  for (const { path, oid, oldOid } of blobs) {
    signal.throwIfAborted()
    const text = texts.get(oid)
    const before = oldOid === undefined ? undefined : texts.get(oldOid)
    if (text !== undefined && text !== before) found.push(...(await secretsIn(path, text, before, port)))
  }
  return found
}

async function secretsIn(
  path: string,
  text: string,
  before: string | undefined,
  { findSecrets }: SecretsPort,
): Promise<BlobSecret[]> {
  const region = changedRegion(text, before)
  const byLine = new Map<number, BlobSecret>()
  for (const { from, to, kind } of await findSecrets(region.text, path)) {
    const secret = region.text.slice(from, to)
    const line = region.firstLine + lineAt(region.text, from) - 1
    // Rules overlap: one secret of a line is enough, the likeliest of them.
    if (before?.includes(secret) === true || byLine.get(line)?.isPlaceholder === false) continue
    byLine.set(line, { path, kind, line, isPlaceholder: isPlaceholder(secret, kind) })
  }
  return [...byLine.values()].toSorted((one, other) => one.line - other.line).slice(0, mostPerBlob)
}

function textOf(content: Buffer | undefined): string | undefined {
  if (content === undefined || content.subarray(0, 8000).includes(0)) return undefined
  return content.toString('utf8')
}
