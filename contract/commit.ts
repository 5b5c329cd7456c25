/**
 * What is read from git, before it means anything: commits, their changes, their hunks.
 *
 * These are the words between `daemon/git` and `daemon/memory`. Bytes stay bytes until somebody
 * needs text, because a history is hundreds of megabytes of hunks of which little is ever shown.
 */

/** Who, and when. Blank names and absurd dates are kept as they stand in the commit. */
export interface Signature {
  readonly name: string
  readonly email: string
  /** Seconds since the epoch; may be negative or absurdly large in old or broken commits. */
  readonly time: number
  /** Minutes east of UTC. */
  readonly zone: number
}

/** What happened to a path in a commit. */
export type ChangeStatus =
  | 'added'
  | 'modified'
  | 'deleted'
  | 'renamed'
  | 'copied'
  | 'type-changed'
  | 'unmerged'

/** One path of a commit, as `--raw` tells it. */
export interface RawChange {
  /** UTF-8, or git's C-quoted form (`"caf\351"`) when the bytes are not valid UTF-8. */
  readonly path: string
  /** Where it was before, for renames and copies. */
  readonly oldPath?: string
  readonly status: ChangeStatus
  /** File modes in octal digits, `000000` when the side does not exist. */
  readonly oldMode: string
  readonly newMode: string
  /** Blob ids of both sides, all zeros when the side does not exist. */
  readonly oldOid: string
  readonly newOid: string
}

/** A commit and the paths it touched against its first parent; a merge lists only what it changed itself. */
export interface CommitHeader {
  readonly oid: string
  readonly tree: string
  readonly parents: readonly string[]
  readonly author: Signature
  readonly committer: Signature
  /** The whole message as UTF-8; undecodable bytes are replaced. Untrusted: may hold control bytes. */
  readonly message: string
  readonly changes: readonly RawChange[]
}

/** A run of changed lines. */
export interface Hunk {
  readonly oldStart: number
  readonly oldLines: number
  readonly newStart: number
  readonly newLines: number
  /** What git prints after `@@ … @@`: the function or section the lines stand in. */
  readonly heading: string
  /** The lines as git prints them, each with its prefix (` `, `+`, `-`, `\`); cut at the reader's limit. */
  readonly body: Buffer
}

/** One file of a commit, with its hunks. */
export interface FilePatch extends RawChange {
  readonly binary: boolean
  readonly additions: number
  readonly deletions: number
  readonly hunks: readonly Hunk[]
  /** Whether hunks were cut at the reader's limit. Counts are always whole. */
  readonly truncated: boolean
}

/** A commit's hunks. */
export interface CommitPatch {
  readonly oid: string
  readonly files: readonly FilePatch[]
  /** Equal for commits that make the same change to the same paths wherever they stand; undefined for an empty change. */
  readonly patchId: string | undefined
}
