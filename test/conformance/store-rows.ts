import { createHash } from 'node:crypto'
import type {
  DetailRow,
  EpisodeFacts,
  EpisodeRow,
  MemoryStore,
  PassageRow,
} from '../../daemon/store/store.ts'

/** Length of the vectors in these rows. */
export const dimensions = 8

/** Returns an oid that belongs to the name. */
export function oidOf(name: string | number): string {
  return createHash('sha1').update(String(name)).digest('hex')
}

/** Returns an episode that says something of itself in every column. */
export function episodeRow(name: string | number, changed: Partial<EpisodeRow> = {}): EpisodeRow {
  return {
    oid: oidOf(name),
    tree: oidOf(`tree of ${name}`),
    parents: [oidOf(`parent of ${name}`)],
    author: { name: 'Ada Author', email: 'ada@example.com', time: 1_700_000_000, zone: 60 },
    committer: { name: 'Carl Committer', email: 'carl@example.com', time: 1_700_000_100, zone: -330 },
    message: `change ${name}\n\nBecause it was time.\n`,
    changes: [{ path: `src/${name}.ts`, status: 'modified' }],
    redactions: 0,
    links: '',
    ...changed,
  }
}

/** Returns the details of a commit. */
export function detailRow(name: string | number, changed: Partial<DetailRow> = {}): DetailRow {
  return {
    oid: oidOf(name),
    counts: [{ path: `src/${name}.ts`, additions: 3, deletions: 1, binary: false }],
    symbols: ['function tide'],
    tokens: 42,
    redactions: 0,
    patchId: oidOf(`patch of ${name}`),
    ...changed,
  }
}

/** Returns one passage of a commit. */
export function passageRow(
  name: string | number,
  ordinal: number,
  changed: Partial<PassageRow> = {},
): PassageRow {
  return {
    key: `${oidOf(name)}:${ordinal}`,
    oid: oidOf(name),
    path: `src/${name}.ts`,
    startLine: 10 * ordinal + 1,
    endLine: 10 * ordinal + 9,
    terms: `word${ordinal} of ${name}`,
    vector: unitVector(ordinal),
    ...changed,
  }
}

/** Returns a vector of length one that points along an axis. */
export function unitVector(axis: number): Float32Array {
  return Float32Array.from({ length: dimensions }, (_, index) => (index === axis % dimensions ? 1 : 0))
}

/** Returns everything that scanning yields, in order of oid. */
export async function allFacts(store: MemoryStore): Promise<EpisodeFacts[]> {
  const facts: EpisodeFacts[] = []
  for await (const batch of store.scanFacts(new AbortController().signal)) facts.push(...batch)
  return facts.toSorted((a, b) => a.oid.localeCompare(b.oid))
}
