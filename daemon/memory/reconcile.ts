/** Keeps doing what must be done again whenever something may have changed. */
export interface Reconciler {
  /** Says that something may have changed. Carries no data, so losing one, or two at once, costs nothing. */
  notice(): void
  /** Resolves when everything that was noticed before this call is done; rejects when doing it failed. */
  settled(): Promise<void>
  /** Ends what is running and does nothing more. */
  close(): Promise<void>
}

/** Waits between attempts after failures, in milliseconds. */
const pauses = [500, 2_000, 10_000, 60_000]

/**
 * Creates a reconciler: one run at a time, and one more when something was noticed meanwhile. A run that
 * fails is repeated after a pause, longer each time, until it succeeds.
 */
export function createReconciler(
  run: (signal: AbortSignal) => Promise<void>,
  onFailure: (error: unknown) => void,
): Reconciler {
  const ending = new AbortController()
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined
  let retry: NodeJS.Timeout | undefined
  let failures = 0

  async function once(): Promise<void> {
    clearTimeout(retry)
    try {
      await run(ending.signal)
      failures = 0
    } catch (error) {
      if (ending.signal.aborted) return
      onFailure(error)
      retry = setTimeout(notice, pauses[Math.min(failures, pauses.length - 1)])
      retry.unref()
      failures += 1
      throw error
    }
  }

  function request(): Promise<void> {
    if (ending.signal.aborted) return Promise.resolve()
    if (running === undefined) {
      running = once().finally(() => (running = undefined))
      return running
    }
    next ??= running
      .catch(() => {})
      .then(() => {
        next = undefined
        return request()
      })
    return next
  }

  function notice(): void {
    // The failure was told to `onFailure`; who wants to wait for the outcome asks for `settled`.
    request().catch(() => {})
  }

  return {
    notice,
    settled: request,
    async close() {
      ending.abort()
      clearTimeout(retry)
      await running?.catch(() => {})
    },
  }
}
