// Made from the contract of aios by `aios plugin new`; for editors only, nothing here runs.
// In a handler: /** @type {import('./aios').Handler<'pre-commit'>} */

/** What handles a hook. */
export type Handler<N extends keyof Hooks> = (
  context: Context<N>,
) => Hooks[N]['result'] | Promise<Hooks[N]['result']>

export interface Hooks {
  'pre-commit': {
    event: {
      /** The repository id. */
      readonly repository: string
      /** Absolute path of the worktree. */
      readonly root: string
      /** Absent while HEAD is detached. */
      readonly branch?: string
      /** `Name <address>`. */
      readonly author?: string
      readonly files: readonly ({
        readonly path: string
        readonly oldPath?: string
        readonly status: 'added' | 'modified' | 'deleted' | 'renamed' | 'copied' | 'type-changed'
        /** In octal digits, `000000` when it is deleted. */
        readonly mode: string
        /** The blob in the index, all zeros when it is deleted. */
        readonly oid: string
        /** The blob in HEAD; absent when there is none. */
        readonly oldOid?: string
        readonly size: number
        readonly isBinary?: boolean
      })[]
    }
    result: {
      readonly decision: 'allow' | 'deny'
      readonly findings?: readonly ({
        readonly message: string
        readonly severity: 'info' | 'warning' | 'error'
        readonly path?: string
        readonly line?: number
        /** Oids or addresses. */
        readonly evidence?: readonly (string)[]
        /** How to silence it. */
        readonly silence?: string
      })[]
    } | undefined
  }
  'commit-msg': {
    event: {
      /** The repository id. */
      readonly repository: string
      /** Absolute path of the worktree. */
      readonly root: string
      /** Absent while HEAD is detached. */
      readonly branch?: string
      /** `Name <address>`. */
      readonly author?: string
      readonly message: string
      readonly files: readonly ({
        readonly path: string
        readonly oldPath?: string
        readonly status: 'added' | 'modified' | 'deleted' | 'renamed' | 'copied' | 'type-changed'
        /** In octal digits, `000000` when it is deleted. */
        readonly mode: string
        /** The blob in the index, all zeros when it is deleted. */
        readonly oid: string
        /** The blob in HEAD; absent when there is none. */
        readonly oldOid?: string
        readonly size: number
        readonly isBinary?: boolean
      })[]
    }
    result: {
      readonly decision: 'allow' | 'deny'
      readonly findings?: readonly ({
        readonly message: string
        readonly severity: 'info' | 'warning' | 'error'
        readonly path?: string
        readonly line?: number
        /** Oids or addresses. */
        readonly evidence?: readonly (string)[]
        /** How to silence it. */
        readonly silence?: string
      })[]
    } | undefined
  }
  'pre-push': {
    event: {
      /** The repository id. */
      readonly repository: string
      /** Absolute path of the worktree. */
      readonly root: string
      /** Absent while HEAD is detached. */
      readonly branch?: string
      /** `Name <address>`. */
      readonly author?: string
      readonly remote: string
      readonly updates: readonly ({
        readonly local: string
        readonly localOid: string
        readonly remote: string
        readonly remoteOid: string
      })[]
    }
    result: {
      readonly decision: 'allow' | 'deny'
      readonly findings?: readonly ({
        readonly message: string
        readonly severity: 'info' | 'warning' | 'error'
        readonly path?: string
        readonly line?: number
        /** Oids or addresses. */
        readonly evidence?: readonly (string)[]
        /** How to silence it. */
        readonly silence?: string
      })[]
    } | undefined
  }
  'post-commit': {
    event: {
      /** The repository id. */
      readonly repository: string
      /** Absolute path of the worktree. */
      readonly root: string
      /** Absent while HEAD is detached, or where it is unknown. */
      readonly branch?: string
      /** The commit that HEAD was at; absent where the hook could not read it, as of reftables. */
      readonly oid?: string
    }
    result: unknown
  }
  'post-merge': {
    event: {
      /** The repository id. */
      readonly repository: string
      /** Absolute path of the worktree. */
      readonly root: string
      /** Absent while HEAD is detached, or where it is unknown. */
      readonly branch?: string
      /** The commit that HEAD was at; absent where the hook could not read it, as of reftables. */
      readonly oid?: string
      /** Whether the merge was left to be committed. */
      readonly squash?: boolean
    }
    result: unknown
  }
  'post-checkout': {
    event: {
      /** The repository id. */
      readonly repository: string
      /** Absolute path of the worktree. */
      readonly root: string
      /** Absent while HEAD is detached, or where it is unknown. */
      readonly branch?: string
      /** Where HEAD was; all zeros when it was nowhere. */
      readonly from?: string
      /** Where HEAD is. */
      readonly to?: string
      /** Always true: files that are checked out alone are not told. */
      readonly isBranch?: boolean
    }
    result: unknown
  }
  'post-rewrite': {
    event: {
      /** The repository id. */
      readonly repository: string
      /** Absolute path of the worktree. */
      readonly root: string
      /** Absent while HEAD is detached, or where it is unknown. */
      readonly branch?: string
      /** `amend` or `rebase`. */
      readonly cause?: string
      /** What became of what. Of a long rebase it may come in several parts. */
      readonly rewrites?: readonly ({
        readonly from: string
        readonly to: string
      })[]
    }
    result: unknown
  }
  'before:remember': {
    event: {
      /** The repository id. */
      readonly repository: string
      readonly oid: string
      readonly parents: readonly (string)[]
      readonly author: {
        readonly name: string
        readonly email: string
        /** ISO 8601 with the zone the commit names; empty when the date is absurd. */
        readonly time: string
      }
      /** Secrets already taken out. */
      readonly message: string
      readonly changes: readonly ({
        readonly path: string
        readonly oldPath?: string
        readonly status: 'added' | 'modified' | 'deleted' | 'renamed' | 'copied' | 'type-changed' | 'unmerged'
      })[]
    }
    result: {
      /** Operations of RFC 6902. */
      readonly patch?: readonly (unknown)[]
      readonly decision?: 'allow' | 'deny'
      readonly findings?: readonly ({
        readonly message: string
        readonly severity: 'info' | 'warning' | 'error'
        readonly path?: string
        readonly line?: number
        /** Oids or addresses. */
        readonly evidence?: readonly (string)[]
        /** How to silence it. */
        readonly silence?: string
      })[]
    } | undefined
  }
  'after:remember': {
    event: {
      /** The repository id. */
      readonly repository: string
      readonly commits: readonly (string)[]
    }
    result: unknown
  }
  'before:recall': {
    event: {
      readonly question: string
      /** A repository id, or any path inside the repository. */
      readonly repository?: string
      /** Search every registered repository. */
      readonly all?: boolean
      readonly limit?: number
      readonly filters?: {
        /** A glob that one of the paths must match. */
        readonly path?: string
        /** A part of the name or of the address. */
        readonly author?: string
        /** A date, or an age such as `2 weeks`. */
        readonly since?: string
        /** A date, or an age such as `2 weeks`. */
        readonly until?: string
        /** What a commit was made for, as far as its message says. */
        readonly kind?: 'feature' | 'fix' | 'revert' | 'refactoring' | 'performance' | 'documentation' | 'test' | 'build' | 'chore' | 'merge' | 'session' | 'other'
        /** A revision; only its ancestors are seen, itself included. */
        readonly asOf?: string
      }
      readonly explain?: boolean
    }
    result: {
      /** Operations of RFC 6902. */
      readonly patch?: readonly (unknown)[]
      readonly decision?: 'allow' | 'deny'
      readonly findings?: readonly ({
        readonly message: string
        readonly severity: 'info' | 'warning' | 'error'
        readonly path?: string
        readonly line?: number
        /** Oids or addresses. */
        readonly evidence?: readonly (string)[]
        /** How to silence it. */
        readonly silence?: string
      })[]
    } | undefined
  }
  'after:recall': {
    event: {
      /** The repository id. */
      readonly repository?: string
      readonly question: string
      /** How a question is understood; each kind weighs the signals in its own way. */
      readonly kind: 'prose' | 'code' | 'path' | 'diff' | 'commit'
      readonly hits: readonly ({
        readonly repository: string
        readonly oid: string
        readonly subject: string
        readonly author: string
        readonly time: string
        /** Between 0 and 1; comparable within one answer. */
        readonly score: number
        readonly identity: string
        /** What a commit was made for, as far as its message says. */
        readonly kind: 'feature' | 'fix' | 'revert' | 'refactoring' | 'performance' | 'documentation' | 'test' | 'build' | 'chore' | 'merge' | 'session' | 'other'
        readonly reachable: boolean
        readonly passages: readonly ({
          /** Empty for the message. */
          readonly path: string
          readonly startLine: number
          readonly endLine: number
          /** Untrusted text from the repository; control characters are shown as symbols. */
          readonly text: string
        })[]
        readonly was: readonly (string)[]
        readonly revertedBy?: string
        readonly signals?: Readonly<Record<string, number>>
      })[]
      /** Whether something was found but is not good enough to be an answer. */
      readonly abstained: boolean
      /** How well the best of what was found covers the question, even where there is no answer. */
      readonly confidence?: number
      readonly reason?: string
      readonly tookMs: number
    }
    result: {
      /** Operations of RFC 6902. */
      readonly patch?: readonly (unknown)[]
    } | undefined
  }
  'before:context': {
    event: {
      /** A repository id, or any path inside the repository. */
      readonly repository: string
      readonly task?: string
      readonly paths?: readonly (string)[]
      /** Ask about what is staged now. */
      readonly staged?: boolean
      /** A range of revisions, such as `main...topic`. */
      readonly diff?: string
      readonly budget?: number
    }
    result: {
      /** Operations of RFC 6902. */
      readonly patch?: readonly (unknown)[]
      readonly decision?: 'allow' | 'deny'
      readonly findings?: readonly ({
        readonly message: string
        readonly severity: 'info' | 'warning' | 'error'
        readonly path?: string
        readonly line?: number
        /** Oids or addresses. */
        readonly evidence?: readonly (string)[]
        /** How to silence it. */
        readonly silence?: string
      })[]
    } | undefined
  }
  'after:context': {
    event: {
      /** The repository id. */
      readonly repository: string
      readonly tokens: number
      readonly budget: number
      readonly blocks: readonly ({
        readonly text: string
        readonly tokens: number
        readonly citations: readonly ({
          readonly oid: string
          readonly path?: string
          readonly startLine?: number
          readonly endLine?: number
        })[]
      })[]
    }
    result: {
      /** Operations of RFC 6902. */
      readonly patch?: readonly (unknown)[]
    } | undefined
  }
  'before:propose': {
    event: {
      /** The repository id. */
      readonly repository: string
      readonly proposal: {
        readonly id: string
        readonly title: string
        readonly branch: string
      }
    }
    result: {
      readonly decision: 'allow' | 'deny'
      readonly findings?: readonly ({
        readonly message: string
        readonly severity: 'info' | 'warning' | 'error'
        readonly path?: string
        readonly line?: number
        /** Oids or addresses. */
        readonly evidence?: readonly (string)[]
        /** How to silence it. */
        readonly silence?: string
      })[]
    } | undefined
  }
  'after:simulate': {
    event: {
      /** The repository id. */
      readonly repository: string
      readonly proposal: {
        readonly id: string
        readonly title: string
        readonly branch: string
      }
      readonly measures: Readonly<Record<string, number>>
    }
    result: Readonly<Record<string, unknown>> | undefined
  }
  'before:apply': {
    event: {
      /** The repository id. */
      readonly repository: string
      readonly proposal: {
        readonly id: string
        readonly title: string
        readonly branch: string
      }
    }
    result: {
      readonly decision: 'allow' | 'deny'
      readonly findings?: readonly ({
        readonly message: string
        readonly severity: 'info' | 'warning' | 'error'
        readonly path?: string
        readonly line?: number
        /** Oids or addresses. */
        readonly evidence?: readonly (string)[]
        /** How to silence it. */
        readonly silence?: string
      })[]
    } | undefined
  }
  'after:apply': {
    event: {
      /** The repository id. */
      readonly repository: string
      readonly proposal: {
        readonly id: string
        readonly title: string
        readonly branch: string
      }
      readonly oid: string
    }
    result: unknown
  }
}

/** What a handler is given. */
export interface Context<N extends keyof Hooks> {
  readonly event: Hooks[N]['event']
  readonly hook: N
  /** The plugin’s settings. */
  readonly config: Readonly<Record<string, unknown>>
  /** Milliseconds since the epoch: the time of the event, as `Date` has it too. */
  readonly now: number
  /** The same numbers each time the event is replayed, as `Math.random` gives them too. */
  random(): number
  /** Writes a line into the plugin’s log. */
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string): void
  readonly git: {
    /** Reads a blob of the repository by its id, at most 1 MiB of it. */
    readBlob(oid: string, options?: {
        readonly maxBytes?: number
      }): Promise<{
      /** Empty when it is binary. */
      readonly text: string
      readonly isBinary: boolean
      readonly truncated: boolean
    }>
  }
  readonly files: {
    /** Reads a file of the worktree, at most 1 MiB of it; null when there is none. */
    read(path: string, options?: {
        readonly maxBytes?: number
      }): Promise<{
      /** Empty when it is binary. */
      readonly text: string
      readonly isBinary: boolean
      readonly truncated: boolean
    } | null>
  }
  readonly memory: {
    /** Asks memory what the command of that name asks; `notes` lists what the plugin wrote. */
    query(name: 'recall' | 'why' | 'related' | 'context' | 'show' | 'timeline' | 'notes', input?: Readonly<Record<string, unknown>>): Promise<unknown>
    /** Says which remembered fixes added lines that go between `oldOid` and `oid`. Lines that are edited, or move to any of these files, do not count. */
    undone(files: readonly ({
        readonly path: string
        readonly oldPath?: string
        readonly oid: string
        readonly oldOid?: string
      })[]): Promise<readonly ({
      readonly path: string
      readonly oid: string
      readonly subject: string
      readonly time: string
      readonly closed: readonly (string)[]
      /** The lines that go, by their numbers before the change. */
      readonly lines: readonly (number)[]
      /** How many of the lines that it added were still there. */
      readonly had: number
    })[]>
    /** Keeps a note about the repository. */
    write(note: {
        readonly text: string
        readonly evidence?: readonly (string)[]
      }): Promise<null>
  }
  readonly http: {
    /** Fetches an address of a host that was allowed; never one of this machine or its network. */
    fetch(url: string, init?: {
        readonly method?: string
        readonly headers?: Readonly<Record<string, string>>
        readonly body?: string
      }): Promise<{
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly body: string
      readonly truncated: boolean
    }>
  }
  readonly kv: {
    /** Returns what was set; null when nothing was. */
    get(key: string): Promise<unknown>
    /** Keeps a value of at most 64 KiB as JSON; 1 MiB and 1,000 keys altogether. */
    set(key: string, value: unknown): Promise<null>
    /** Forgets a value. */
    delete(key: string): Promise<null>
    /** Lists the keys that begin so. */
    list(prefix?: string): Promise<readonly (string)[]>
  }
  readonly secrets: {
    /** Says where secrets stand in a text, and of which kind. */
    find(text: string, fileName?: string): Promise<readonly ({
      readonly from: number
      readonly to: number
      readonly kind: string
      readonly line: number
    })[]>
    /** Says which secrets blobs bring in that `oldOid`, the blob before, had not; their text stays in the daemon. Binary blobs and those above `maxBytes` (1 MiB) are passed over; fails where one cannot be read. */
    findInBlobs(files: readonly ({
        readonly path: string
        readonly oid: string
        readonly oldOid?: string
      })[], options?: {
        readonly maxBytes?: number
      }): Promise<readonly ({
      readonly path: string
      readonly kind: string
      readonly line: number
      /** Whether it looks like an example. */
      readonly isPlaceholder: boolean
    })[]>
  }
}
