/** Work that goes on in the background, one piece at a time, and is tried again after a failure. */
export interface Study {
  /** Whether it goes on now. */
  isRunning(): boolean
  /** Whether another can begin: none goes on, and none has failed just now. */
  isFree(): boolean
  /** What it does now, in words; empty when it does nothing. */
  doing(): string
  /** Why the last one failed; undefined when it did not. */
  failure(): string | undefined
  begin(work: (say: (what: string) => void, signal: AbortSignal) => Promise<void>): void
  /** Ends what goes on, and waits for its end. */
  close(): Promise<void>
}

/** What a study tells. */
export interface StudyListeners {
  /** Called when one has ended well, and when a failed one may be tried again. */
  readonly notice: () => void
  readonly onFailed: (reason: string) => void
}

/** Waits after failures, in milliseconds. */
const pauses = [5_000, 60_000, 600_000]

/** Creates a study that has not begun. */
export function createStudy({ notice, onFailed }: StudyListeners): Study {
  const ending = new AbortController()
  let running: Promise<void> | undefined
  let pause: NodeJS.Timeout | undefined
  let doing = ''
  let failure: string | undefined
  let failures = 0

  function again(): void {
    pause = undefined
    notice()
  }

  function succeeded(): void {
    ;[running, doing, failure, failures] = [undefined, '', undefined, 0]
    if (!ending.signal.aborted) notice()
  }

  function failed(error: unknown): void {
    ;[running, doing] = [undefined, '']
    if (ending.signal.aborted) return
    failure = error instanceof Error ? error.message : String(error)
    pause = setTimeout(again, pauses[Math.min(failures, pauses.length - 1)]).unref()
    failures += 1
    onFailed(failure)
  }

  return {
    isRunning: () => running !== undefined,
    isFree: () => running === undefined && pause === undefined && !ending.signal.aborted,
    doing: () => doing,
    failure: () => failure,
    begin(work) {
      doing = 'waits for its turn'
      running = work((what) => (doing = what), ending.signal).then(succeeded, failed)
    },
    async close() {
      ending.abort(new Error('The repository is closed.'))
      clearTimeout(pause)
      await running
    },
  }
}
