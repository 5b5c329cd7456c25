/** Texts to be made searchable, without a copy of each: one buffer, cut at the offsets. */
export interface TextBatch {
  /** All texts as UTF-8, one after the other. */
  readonly bytes: Uint8Array
  /** Where each text begins, and where the last one ends: one entry more than there are texts. */
  readonly offsets: Uint32Array
  /** `message`: prose, returned redacted. `hunk`: lines with git's prefixes, of which the changed ones count. */
  readonly shape: 'message' | 'hunk'
  /** Extra words for each text that are not in it: its path. Empty when there are none. */
  readonly labels: readonly string[]
}

/** What texts became. Every list has one entry a text. */
export interface Digest {
  /** Words and pre-split identifiers, lower case, each once, joined by spaces; of the redacted text. */
  readonly terms: readonly string[]
  /** One after the other, each of the embedder's `dimensions`, normalised; of the redacted text. */
  readonly vectors: Float32Array
  /** Estimated model tokens. */
  readonly tokens: Uint32Array
  /** Secrets taken out. */
  readonly redactions: Uint32Array
  /** For `message`: the text without secrets. Empty list for `hunk`. */
  readonly texts: readonly string[]
}

/**
 * Makes texts searchable: takes secrets out, splits into terms, and gives vectors.
 *
 * The same text gives the same digest, always. Vectors of different ids never mix.
 * Digesting may be repeated: a lost worker loses no text.
 */
export interface Embedder {
  /** Names kind, version and everything else that changes the vectors. */
  readonly id: string
  readonly dimensions: number
  /** Says that many texts are to come: what takes long to start may start now. */
  expectMany(): void
  digest(batch: TextBatch, signal: AbortSignal): Promise<Digest>
  /** Returns the vector of a question, in a time that a person does not notice. */
  embedQuestion(text: string, signal: AbortSignal): Promise<Float32Array>
  close(): Promise<void>
}
