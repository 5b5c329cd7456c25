import { type ChangedText, changedText } from './changed-text.ts'
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
  const parts = blobs.flatMap(({ path, oid, oldOid }): Part[] => {
    const text = texts.get(oid)
    const before = oldOid === undefined ? undefined : texts.get(oldOid)
    if (text === undefined || text === before) return []
    return [{ path, before, changed: changedText(text, before) }]
  })
  const [named, others] = [parts.filter(isNamed), parts.filter((part) => !isNamed(part))]
  const found = [await search(others, undefined, port, signal)]
  for (const part of named) found.push(await search([part], part.path, port, signal))
  return found.flat()
}

/** What is searched of a blob. */
interface Part {
  readonly path: string
  readonly before: string | undefined
  readonly changed: ChangedText
}

/** Some rules are for files of one name. */
function isNamed({ path }: Part): boolean {
  return /(?:^|\/)\.(?:npmrc|pypirc|netrc|env)$/.test(path)
}

/** Nothing that begins in one part ends in the next. */
const between = '\n\0\n'

/** Searches all parts as one text, because setting up the rules takes longer than searching a part. */
async function search(
  parts: readonly Part[],
  fileName: string | undefined,
  { findSecrets }: SecretsPort,
  signal: AbortSignal,
): Promise<BlobSecret[]> {
  if (parts.length === 0) return []
  const whole = parts.map(({ changed }) => changed.text).join(between)
  const hits = (await findSecrets(whole, fileName, signal)).toSorted((one, other) => one.from - other.from)
  let start = 0
  return parts.flatMap((part) => {
    const end = start + part.changed.text.length
    const own = hits.filter(({ from }) => from >= start && from < end)
    const found = secretsOf(
      part,
      own.map((hit) => ({ ...hit, from: hit.from - start, to: hit.to - start })),
    )
    start = end + between.length
    return found
  })
}

function secretsOf(
  { path, before, changed }: Part,
  hits: Awaited<ReturnType<SecretsPort['findSecrets']>>,
): BlobSecret[] {
  const byLine = new Map<number, BlobSecret>()
  for (const { from, to, kind } of hits) {
    const secret = changed.text.slice(from, to)
    const line = changed.lineOf(from)
    // Rules overlap: one secret of a line is enough, the likeliest of them.
    if (before?.includes(secret) === true || byLine.get(line)?.isPlaceholder === false) continue
    byLine.set(line, { path, kind, line, isPlaceholder: isPlaceholder(secret, kind) })
  }
  return [...byLine.values()].slice(0, mostPerBlob)
}

function textOf(content: Buffer | undefined): string | undefined {
  if (content === undefined || content.subarray(0, 8000).includes(0)) return undefined
  return content.toString('utf8')
}
