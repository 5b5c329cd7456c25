/** How an act ended. */
export type Ended =
  | { readonly status: 'ok'; readonly value: unknown; readonly ms: number }
  | { readonly status: 'timeout' | 'failed'; readonly message: string; readonly ms: number }

/**
 * Runs an act that has until a deadline, and never fails because of it; what comes later is ignored.
 *
 * The act's own signal is aborted at the deadline, and with the caller's. Fails with the caller's reason when the
 * caller goes away.
 */
export async function withDeadline(
  act: (signal: AbortSignal) => Promise<unknown>,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<Ended> {
  signal.throwIfAborted()
  const began = performance.now()
  const ending = new AbortController()
  const late = Promise.withResolvers<Ended>()
  const leave = () => {
    ending.abort(signal.reason)
    late.reject(reasonOf(signal))
  }
  const timer = setTimeout(() => {
    const message = `took longer than ${deadlineMs} ms`
    late.resolve({ status: 'timeout', message, ms: performance.now() - began })
    ending.abort(new Error(message))
  }, deadlineMs)
  signal.addEventListener('abort', leave, { once: true })
  try {
    return await Promise.race([settled(act, ending.signal, began), late.promise])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', leave)
  }
}

async function settled(
  act: (signal: AbortSignal) => Promise<unknown>,
  signal: AbortSignal,
  began: number,
): Promise<Ended> {
  try {
    const value = await act(signal)
    return { status: 'ok', value, ms: performance.now() - began }
  } catch (error) {
    return { status: 'failed', message: messageOf(error), ms: performance.now() - began }
  }
}

/** What is thrown may be anything, and asking it for its message may throw again. */
function messageOf(error: unknown): string {
  try {
    return (error instanceof Error ? error.message : String(error)).slice(0, 1000)
  } catch {
    return 'threw what cannot be printed'
  }
}

function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error('The caller went away.', { cause: reason })
}
