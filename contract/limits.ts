/** Bounds that hold everywhere, so that no single input can take all of the memory or the time. */
export const limits = {
  /** Bytes of a question or of a context task. */
  questionBytes: 16 * 1024,
  /** Bytes of an HTTP body. */
  bodyBytes: 64 * 1024,
  /** Bytes of what a hook sends: a push may move thousands of refs. */
  hookBodyBytes: 1024 * 1024,
  /** Bytes of one commit message that are kept. */
  messageBytes: 64 * 1024,
  /** Bytes of one file's hunks that are read for passages; counts and patch ids always see all of it. */
  hunkBytesPerFile: 16 * 1024,
  /** Bytes of a file in which secrets are looked for when lines of it are shown; of lines beyond, each by itself. */
  searchedBytes: 4 * 1024 * 1024,
  /** Passages of one commit; what lies beyond is counted, and its paths are kept. */
  passagesPerEpisode: 64,
  /** Stars in a glob: each more multiplies the time that matching may take. */
  globStars: 6,
} as const

/** At most `limits.globStars` stars, wherever they stand; everything else a schema leaves to the glob. */
export const globPattern = `^(?:[^*]*\\*){0,${limits.globStars}}[^*]*$`
