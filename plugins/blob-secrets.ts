import { type ChangedText, changedText, freshText, mayBeOfKey } from './changed-text.ts'
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

type SecretsPort = Pick<PluginPort, 'readBlob' | 'readBlobs' | 'lostBlobs' | 'changesOf' | 'findSecrets'>

/** Secrets named of one blob: a dump of keys needs no more to be refused. */
const mostPerBlob = 20
/** Of larger blobs git tells no lines. */
const mostTold = 512 * 1024

/**
 * Returns the secrets that these blobs bring in, in their order. Binary blobs and larger ones are passed over.
 *
 * Fails when a blob cannot be read: of what nobody has seen nobody can say that it has no secret.
 */
export async function secretsInBlobs(
  repository: string,
  blobs: readonly ChangedBlob[],
  maxBytes: number,
  port: SecretsPort,
  signal: AbortSignal,
): Promise<BlobSecret[]> {
  const read = (oids: readonly string[], needed: readonly string[] = []) =>
    readTexts(repository, oids, needed, maxBytes, port, signal)
  const told = maxBytes < mostTold ? [] : await port.changesOf(repository, blobs)
  const fresh = told.map((change) => change && freshText(change))
  const enough = blobs.map((_, at) => fresh[at] !== undefined && !mayBeOfKey(fresh[at].text))
  const unclear = blobs.filter(({ oid, oldOid }, at) => enough[at] === false && oid !== oldOid)
  const texts = await read(
    unclear.flatMap(bothOf),
    unclear.map(({ oid }) => oid),
  )
  const parts = blobs.flatMap(({ path, oid, oldOid }, at): Part[] => {
    const known = fresh[at]
    if (known !== undefined && enough[at] === true) return [{ path, oldOid, changed: known }]
    const text = texts.get(oid)
    const before = oldOid === undefined ? undefined : texts.get(oldOid)
    if (text === undefined || oid === oldOid) return []
    return [{ path, oldOid, changed: changedText(text, before, known) }]
  })
  const [named, others] = [parts.filter(isNamed), parts.filter((part) => !isNamed(part))]
  const found = [await search(others, undefined, port, signal)]
  for (const part of named) found.push(await search([part], part.path, port, signal))
  const hits = found.flat()
  const earlier = await read(hits.flatMap(({ part }) => part.oldOid ?? []))
  return hits.flatMap(({ part, secrets }) => secretsOf(part, secrets, earlier.get(part.oldOid ?? '')))
}

/** What is searched of a blob. */
interface Part {
  readonly path: string
  /** The blob before, in which a secret may have stood already. */
  readonly oldOid: string | undefined
  readonly changed: ChangedText
}

type Hits = Awaited<ReturnType<SecretsPort['findSecrets']>>

function bothOf({ oid, oldOid }: ChangedBlob): string[] {
  return oldOid === undefined ? [oid] : [oid, oldOid]
}

async function readTexts(
  repository: string,
  oids: readonly string[],
  needed: readonly string[],
  maxBytes: number,
  port: SecretsPort,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Buffer>> {
  const unique = [...new Set(oids)]
  const contents = unique.length === 0 ? [] : await port.readBlobs(repository, unique, maxBytes, signal)
  const found = new Map(unique.map((oid, at) => [oid, contents[at]]))
  const unread = [...new Set(needed)].filter((oid) => found.get(oid) === undefined)
  const lost = unread.length === 0 ? [] : await port.lostBlobs(repository, unread, maxBytes, signal)
  // Who reads them may have ended, or not know of an alternate that is new: another one is asked, and fails where it cannot.
  for (const oid of lost) found.set(oid, (await port.readBlob(repository, oid, maxBytes, signal)).content)
  return new Map(
    [...found].flatMap(([oid, content]) =>
      content === undefined || content.subarray(0, 8000).includes(0) ? [] : [[oid, content]],
    ),
  )
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
): Promise<{ readonly part: Part; readonly secrets: Hits }[]> {
  if (parts.length === 0) return []
  const whole = parts.map(({ changed }) => changed.text).join(between)
  const hits = (await findSecrets(whole, fileName, signal)).toSorted((one, other) => one.from - other.from)
  let start = 0
  return parts.flatMap((part) => {
    const end = start + part.changed.text.length
    const own = hits.filter(({ from }) => from >= start && from < end)
    const secrets = own.map((hit) => ({ ...hit, from: hit.from - start, to: hit.to - start }))
    start = end + between.length
    return secrets.length === 0 ? [] : [{ part, secrets }]
  })
}

function secretsOf({ path, changed }: Part, hits: Hits, before: Buffer | undefined): BlobSecret[] {
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
