import type { Signature } from '../../contract/commit.ts'

/** A commit's message and paths: everything that pass 1 knows. */
export interface EpisodeRow {
  readonly oid: string
  readonly tree: string
  readonly parents: readonly string[]
  readonly author: Signature
  readonly committer: Signature
  /** Secrets already taken out. */
  readonly message: string
  readonly changes: readonly PathChange[]
  readonly redactions: number
  /** What the message refers to, in memory's own notation; opaque to the store, often empty. */
  readonly links: string
}

/** What of an episode an answer shows that its facts do not tell. */
export type Headline = Pick<EpisodeRow, 'oid' | 'message'>

/** One path of a commit. */
export interface PathChange {
  readonly path: string
  readonly oldPath?: string
  readonly status: 'added' | 'modified' | 'deleted' | 'renamed' | 'copied' | 'type-changed' | 'unmerged'
}

/** What reading a commit's hunks added. A commit is complete when this row is there. */
export interface DetailRow {
  readonly oid: string
  /** In the order of the episode's changes. */
  readonly counts: readonly PathCounts[]
  /** Functions and sections that the hunks stand in, most touched first. */
  readonly symbols: readonly string[]
  readonly tokens: number
  readonly redactions: number
  readonly patchId: string | undefined
}

/** How much of one path changed. */
export interface PathCounts {
  readonly path: string
  readonly additions: number
  readonly deletions: number
  readonly binary: boolean
}

/** A searchable piece of a commit's changes: one file's hunks, or a part of them. Its text stays in git; what is kept is where it is and how to find it. */
export interface PassageRow {
  /** `oid:ordinal`, from 0 in the order of the commit's files and hunks. */
  readonly key: string
  readonly oid: string
  readonly path: string
  /** Lines of the file after the commit, or before it when it deleted them; 0 when there are none. */
  readonly startLine: number
  readonly endLine: number
  /** Words and pre-split identifiers, joined by spaces. */
  readonly terms: string
  /** Normalised; its length is the store's `dimensions`. */
  readonly vector: Float32Array
}

/** Columns that full text is searched in. */
export type TextColumn = 'message' | 'paths' | 'terms'

/** One place that a search found. */
export interface Match {
  readonly oid: string
  /** The passage's key, when the search was over passages. */
  readonly key?: string
  readonly path?: string
  readonly startLine?: number
  readonly endLine?: number
  /** Higher is better; comparable within one search only. */
  readonly score: number
}

/** What the whole of memory is scanned for at start: one entry a commit, without its text. */
export interface EpisodeFacts {
  readonly oid: string
  readonly parents: readonly string[]
  readonly authorName: string
  readonly authorEmail: string
  /** Seconds since the epoch. */
  readonly authorTime: number
  /** Minutes east of UTC. */
  readonly authorZone: number
  readonly committerTime: number
  readonly subject: string
  /** As in `EpisodeRow`. */
  readonly links: string
  readonly paths: readonly string[]
}

/**
 * Keeps what one repository remembers. Always rebuildable from git.
 *
 * Each `put` is durable (written and flushed to the disk) when its promise is fulfilled, replaces rows of
 * the same key, and is safe to repeat after a crash: a key never stands twice. One process writes.
 */
export interface MemoryStore {
  /** The embedder whose vectors are in force now, and their length. */
  readonly embedder: string
  readonly dimensions: number

  /** Returns the oids that have an episode row. */
  episodeIds(): Promise<string[]>
  /** Returns the oids whose hunks are known too. */
  completeIds(): Promise<string[]>
  /** Yields every episode's facts, in batches, in no particular order. */
  scanFacts(signal: AbortSignal): AsyncGenerator<EpisodeFacts[]>

  putEpisodes(rows: readonly EpisodeRow[]): Promise<void>
  /** Stores passages, then the details that make their commits complete. Replaces all passages of those commits. */
  putDetails(details: readonly DetailRow[], passages: readonly PassageRow[]): Promise<void>

  /** Returns the rows of these commits that are known, in the order asked. */
  episodes(oids: readonly string[]): Promise<EpisodeRow[]>
  /** Returns their messages alone, at a third of the cost. */
  headlines(oids: readonly string[]): Promise<Headline[]>
  details(oids: readonly string[]): Promise<DetailRow[]>
  /** Returns the passages of these commits, without terms and vectors, by commit and ordinal. */
  passages(oids: readonly string[]): Promise<Omit<PassageRow, 'terms' | 'vector'>[]>
  /** Returns the details whose patch id is one of these. */
  withPatchIds(patchIds: readonly string[]): Promise<DetailRow[]>

  /** Finds words (any of them, ranked by BM25), best first. `terms` is split at spaces; others as a person would write. */
  searchText(column: TextColumn, words: string, limit: number): Promise<Match[]>
  /** Finds passages near a vector by cosine, best first; nothing when the vector is of another embedder than is in force. */
  searchVector(vector: Float32Array, limit: number, embedder: string): Promise<Match[]>

  /** Yields the terms of every passage, in batches, in no particular order. One that is replaced meanwhile may come twice. */
  scanTerms(signal: AbortSignal): AsyncGenerator<PassageTerms[]>
  /**
   * Makes new vectors of all passages, beside those in force, which stay so until the new ones are enforced.
   *
   * Nothing has changed when it is cut short, at any moment.
   */
  prepareVectors(settings: StoreSettings, encode: EncodeTerms, signal: AbortSignal): Promise<PreparedVectors>

  /** Brings the indexes level with the rows and merges small files; removes versions older than the grace period. */
  optimize(): Promise<void>
  /** Does the work when what is being written is written, and before anything else is. */
  whileStill<T>(work: () => Promise<T>): Promise<T>
  /** Returns how much is kept. */
  size(): Promise<StoreSize>
  close(): Promise<void>
}

/** A passage's key in two parts, and its terms. */
export interface PassageTerms {
  readonly oid: string
  readonly ordinal: number
  /** Joined by spaces. */
  readonly terms: string
}

/** What a store's vectors are made by, and how long they are. */
export interface StoreSettings {
  readonly embedder: string
  readonly dimensions: number
}

/** Returns the vectors of texts by their terms, one after the other. */
export type EncodeTerms = (terms: readonly string[]) => Promise<Float32Array>

/** Vectors that are ready to take the place of those in force. */
export interface PreparedVectors {
  /**
   * Makes vectors of what was written meanwhile, and puts all of them in force in one step.
   *
   * Whoever makes vectors for `putDetails` must wait for it, and use the new embedder afterwards.
   */
  enforce(): Promise<void>
  discard(): Promise<void>
}

/** How much a store keeps. */
export interface StoreSize {
  readonly episodes: number
  readonly complete: number
  readonly passages: number
  readonly bytes: number
  /** Rows not in the full-text index yet; they are found all the same, only slower. */
  readonly unindexed: number
}
