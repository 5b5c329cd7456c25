/** What a caller may rely on when something it asked for did not happen. */
export interface ErrorKind {
  /** HTTP status of the answer. */
  readonly status: number
  /** Exit code of the `aios` command. */
  readonly exit: number
  /** The next thing to do, in the user's words. */
  readonly hint: string
}
