import type { CommitHeader, CommitPatch } from '../../contract/commit.ts'
import type { Digest, Embedder, TextBatch } from '../embedder/embedder.ts'
import type { DetailRow, EpisodeFacts, EpisodeRow, MemoryStore, PassageRow } from '../store/store.ts'
import type { Amend } from './amend.ts'
import { piecesOf, type Piece } from './chunk.ts'
import { episodeRow } from './episode.ts'
import { redactNames } from './redact-names.ts'
import { symbolsOf } from './symbols.ts'
import { factsOf } from '../store/facts.ts'

/** What commits pass through on their way into memory. */
export interface Parts {
  readonly embedder: Embedder
  readonly store: MemoryStore
  /** Says of a path that its hunks are not to be indexed. */
  readonly isExcluded: (path: string) => boolean
  /** Asks who listens what of a commit is remembered. */
  readonly amend: Amend
}

/** What became of a batch of commits: rows that are ready to be stored. */
export interface Prepared {
  readonly details: DetailRow[]
  readonly passages: PassageRow[]
}

/**
 * Turns commits into episodes without secrets: pass 1, all but the writing.
 *
 * It is done here and not by the workers: to send the messages there and back costs more than to look through
 * them, and a small history would be read before the workers have started.
 */
export async function prepareMessages(
  headers: readonly CommitHeader[],
  { amend }: Pick<Parts, 'amend'>,
  signal: AbortSignal,
): Promise<EpisodeRow[]> {
  const { redact } = await import('../../native-workers/redact.ts')
  const redacted = await redact(headers.map(({ message }) => message))
  const named = await redactNames(headers)
  const said = named.map((header, index) => ({
    header,
    message: redacted[index]?.text ?? '',
    redactions: redacted[index]?.count ?? 0,
  }))
  const amended = await amend(said, signal)
  return amended.map(({ header, message, redactions }) => episodeRow(header, message, redactions))
}

/**
 * Keeps episodes, which can then be found by message and path.
 *
 * Safe to repeat: rows are named by their commit. What is returned is durable.
 */
export async function rememberMessages(
  rows: readonly EpisodeRow[],
  { store }: Parts,
): Promise<EpisodeFacts[]> {
  const facts = rows.map(factsOf)
  const bare = facts.filter(isBare)
  // Complete before it is known, so that no crash between the two has its hunks read.
  if (bare.length > 0) await store.putDetails(bare.map(bareDetail), [])
  await store.putEpisodes(rows)
  return facts
}

/** Says whether neither words nor paths of a commit are remembered; then it has no hunks to be read either. */
export function isBare({ subject, paths }: Pick<EpisodeFacts, 'subject' | 'paths'>): boolean {
  return subject === '' && paths.length === 0
}

function bareDetail({ oid }: EpisodeFacts): DetailRow {
  return { oid, counts: [], symbols: [], tokens: 0, redactions: 0, patchId: undefined }
}

/** Turns commits' hunks into passages and details: the costly part of pass 2, done in the worker pool. */
export async function prepareChanges(
  patches: readonly CommitPatch[],
  { embedder, isExcluded }: Pick<Parts, 'embedder' | 'isExcluded'>,
  signal: AbortSignal,
): Promise<Prepared> {
  const pieces = patches.flatMap((patch) => piecesOf(patch, isExcluded))
  const digest = await embedder.digest(hunkBatch(pieces), signal)
  const passages = passageRows(pieces, digest, embedder.dimensions)
  const sums = sumsByCommit(pieces, digest)
  const symbols = await symbolsOf(patches)
  const details = patches.map((patch, index) => detailRow(patch, symbols[index] ?? [], sums.get(patch.oid)))
  return { passages, details }
}

/** Keeps what was prepared. What is returned from is durable, and its commits are complete. */
export async function rememberChanges({ details, passages }: Prepared, { store }: Parts): Promise<void> {
  await store.putDetails(details, passages)
}

function hunkBatch(pieces: readonly Piece[]): TextBatch {
  return pack(
    pieces.map((piece) => piece.lines),
    'hunk',
    pieces.map((piece) => piece.path),
  )
}

function pack(
  texts: readonly (readonly Buffer[])[],
  shape: TextBatch['shape'],
  labels: readonly string[],
): TextBatch {
  const offsets = new Uint32Array(texts.length + 1)
  texts.forEach((parts, index) => {
    offsets[index + 1] = (offsets[index] ?? 0) + parts.reduce((sum, part) => sum + part.length, 0)
  })
  return { bytes: Buffer.concat(texts.flat()), offsets, shape, labels }
}

function passageRows(pieces: readonly Piece[], digest: Digest, dimensions: number): PassageRow[] {
  let ordinal = 0
  return pieces.map(({ oid, path, startLine, endLine }, index) => {
    ordinal = pieces[index - 1]?.oid === oid ? ordinal + 1 : 0
    const vector = digest.vectors.subarray(index * dimensions, (index + 1) * dimensions)
    return {
      key: `${oid}:${ordinal}`,
      oid,
      path,
      startLine,
      endLine,
      terms: digest.terms[index] ?? '',
      vector,
    }
  })
}

/** What the passages of one commit add up to. */
interface Sums {
  readonly tokens: number
  readonly redactions: number
}

function sumsByCommit(pieces: readonly Piece[], digest: Digest): Map<string, Sums> {
  const sums = new Map<string, Sums>()
  pieces.forEach(({ oid }, index) => {
    const { tokens, redactions } = sums.get(oid) ?? noSums
    sums.set(oid, {
      tokens: tokens + (digest.tokens[index] ?? 0),
      redactions: redactions + (digest.redactions[index] ?? 0),
    })
  })
  return sums
}

const noSums: Sums = { tokens: 0, redactions: 0 }

function detailRow(patch: CommitPatch, symbols: readonly string[], sums = noSums): DetailRow {
  return {
    oid: patch.oid,
    counts: patch.files.map(({ path, additions, deletions, binary }) => ({
      path,
      additions,
      deletions,
      binary,
    })),
    symbols,
    tokens: sums.tokens,
    redactions: sums.redactions,
    patchId: patch.patchId,
  }
}
