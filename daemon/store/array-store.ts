import { checkVectors, ordinalOf } from './passage-checks.ts'
import { createQueue } from './queue.ts'
import { factsOf } from './facts.ts'
import type {
  DetailRow,
  EncodeTerms,
  EpisodeRow,
  Headline,
  Match,
  MemoryStore,
  PassageRow,
  PassageTerms,
  PreparedVectors,
  StoreSettings,
  StoreSize,
  TextColumn,
} from './store.ts'
import { wordsOf } from './words.ts'
import { pairsIn } from '../../native-workers/unspaced.ts'

/** Creates a store that keeps everything in memory and forgets it when the process ends. */
export function createArrayStore(settings: StoreSettings): MemoryStore {
  const kept: Kept = { episodes: new Map(), details: new Map(), passages: new Map() }
  const { episodes, details, passages } = kept
  const vectors = createVectors(passages, settings)
  const turns = createQueue()

  return {
    get embedder() {
      return vectors.inForce().embedder
    },
    get dimensions() {
      return vectors.inForce().dimensions
    },
    episodeIds: async () => [...episodes.keys()],
    completeIds: async () => [...details.keys()],
    async *scanFacts(signal) {
      signal.throwIfAborted()
      if (episodes.size > 0) yield [...episodes.values()].map(factsOf)
    },
    async putEpisodes(rows) {
      await turns.idle()
      for (const row of rows) episodes.set(row.oid, row)
    },
    async putDetails(rows, pieces) {
      await turns.idle()
      checkVectors(pieces, vectors.inForce().dimensions)
      const byKey = new Map(pieces.map((piece) => [piece.key, piece]))
      const byOid = Map.groupBy(byKey.values(), ({ oid }) => oid)
      for (const row of rows) {
        const owned = byOid.get(row.oid) ?? []
        const inOrder = owned.toSorted((a, b) => ordinalOf(a) - ordinalOf(b))
        passages.set(row.oid, inOrder)
        details.set(row.oid, row)
      }
    },
    episodes: async (oids) => known(episodes, oids),
    headlines: async (oids) => known(episodes, oids).map(headlineOf),
    details: async (oids) => known(details, oids),
    passages: async (oids) => known(passages, oids).flat().map(placeOf),
    async withPatchIds(patchIds) {
      return [...details.values()].filter(
        ({ patchId }) => patchId !== undefined && patchIds.includes(patchId),
      )
    },
    searchText: async (column, words, limit) =>
      rank(documentsOf(kept, column), column, words).slice(0, limit),
    async searchVector(vector, limit, embedder) {
      if (embedder !== vectors.inForce().embedder) return []
      const rows = [...passages.values()].flat()
      return best(rows.map((row) => ({ ...placeOf(row), score: dot(row.vector, vector) }))).slice(0, limit)
    },
    scanTerms: vectors.scanTerms,
    prepareVectors: vectors.prepare,
    async optimize() {},
    whileStill: turns.run,
    size: async () => sizeOf(kept),
    async close() {},
  }
}

function headlineOf({ oid, message }: EpisodeRow): Headline {
  return { oid, message }
}

interface Kept {
  readonly episodes: Map<string, EpisodeRow>
  readonly details: Map<string, DetailRow>
  readonly passages: Map<string, PassageRow[]>
}

function sizeOf({ episodes, details, passages }: Kept): StoreSize {
  const count = [...passages.values()].flat().length
  return { episodes: episodes.size, complete: details.size, passages: count, bytes: 0, unindexed: 0 }
}

/** Keeps whose vectors the passages have. */
function createVectors(passages: Kept['passages'], settings: StoreSettings) {
  let inForce = settings

  async function* scanTerms(signal: AbortSignal): AsyncGenerator<PassageTerms[]> {
    signal.throwIfAborted()
    const rows = [...passages.values()].flat()
    if (rows.length > 0) {
      yield rows.map((row) => ({ oid: row.oid, ordinal: ordinalOf(row), terms: row.terms }))
    }
  }

  async function prepare(
    next: StoreSettings,
    encode: EncodeTerms,
    signal: AbortSignal,
  ): Promise<PreparedVectors> {
    signal.throwIfAborted()
    const encodeAll = () =>
      Promise.all(
        [...passages].map(async ([oid, rows]) => [oid, await withVectors(rows, next, encode)] as const),
      )
    await encodeAll()
    return {
      async enforce() {
        for (const [oid, rows] of await encodeAll()) passages.set(oid, rows)
        inForce = next
      },
      async discard() {},
    }
  }

  return { inForce: () => inForce, scanTerms, prepare }
}

async function withVectors(
  rows: readonly PassageRow[],
  { dimensions }: StoreSettings,
  encode: EncodeTerms,
): Promise<PassageRow[]> {
  const vectors = await encode(rows.map(({ terms }) => terms))
  return rows.map((row, index) => ({
    ...row,
    vector: vectors.slice(index * dimensions, (index + 1) * dimensions),
  }))
}

interface Document {
  readonly match: Omit<Match, 'score'>
  readonly text: string
}

function documentsOf({ episodes, passages }: Kept, column: TextColumn): Document[] {
  if (column === 'terms') {
    return [...passages.values()].flat().map((row) => ({ match: placeOf(row), text: row.terms }))
  }
  return [...episodes.values()].map((row) => ({
    match: { oid: row.oid },
    text: column === 'message' ? row.message : row.changes.map(pathsOf).join('\n'),
  }))
}

function placeOf({ key, oid, path, startLine, endLine }: PassageRow): Omit<PassageRow, 'terms' | 'vector'> {
  return { key, oid, path, startLine, endLine }
}

function known<T>(rows: ReadonlyMap<string, T>, oids: readonly string[]): T[] {
  return oids.map((oid) => rows.get(oid)).filter((row) => row !== undefined)
}

function pathsOf({ path, oldPath = '' }: { path: string; oldPath?: string }): string {
  return `${path}\n${oldPath}`
}

/** Ranks by BM25, without stems: a stand-in need not be clever. */
function rank(documents: readonly Document[], column: TextColumn, question: string): Match[] {
  const asked = new Set(tokens(column, wordsOf(column, question).join(' ')))
  const counted = documents.map(({ match, text }) => ({ match, words: tokens(column, text) }))
  const average = counted.reduce((sum, { words }) => sum + words.length, 0) / Math.max(1, counted.length)
  const found = counted.map(({ match, words }) => {
    const scores = [...asked].map((word) => {
      const times = words.filter((other) => other === word).length
      const documentsWith = counted.filter(({ words }) => words.includes(word)).length
      const rarity = Math.log(1 + (counted.length - documentsWith + 0.5) / (documentsWith + 0.5))
      return (rarity * times * 2.2) / (times + 1.2 * (0.25 + (0.75 * words.length) / Math.max(1, average)))
    })
    return { ...match, score: scores.reduce((sum, score) => sum + score, 0) }
  })
  return best(found.filter(({ score }) => score > 0))
}

function tokens(column: TextColumn, text: string): string[] {
  const words = text.split(column === 'terms' ? /\s+/ : /[^\p{L}\p{M}\p{N}]+/u).filter((word) => word !== '')
  if (column === 'terms') return words
  const pairs = column === 'message' ? pairsIn(text) : []
  return [...words.map((word) => word.toLowerCase()), ...pairs]
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0)
}

function best(matches: Match[]): Match[] {
  return matches.toSorted((a, b) => b.score - a.score)
}
