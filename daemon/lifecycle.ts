import { inTime } from './in-time.ts'

/** Closes what was opened: the last first, each within its time, one failure not keeping the others. */
export interface Lifecycle {
  /** Remembers how to close something. */
  onClose(name: string, close: () => Promise<void> | void): void
  /** Closes everything, once. */
  close(): Promise<void>
}

/** Each part may take so long to close; then the rest goes on without it. */
const closeMs = 5_000

/** Creates a lifecycle of things that are open. `onFailure` is told what did not close. */
export function createLifecycle(onFailure: (name: string, error: unknown) => void): Lifecycle {
  const open: { name: string; close: () => Promise<void> | void }[] = []
  let closing: Promise<void> | undefined

  async function closeAll(): Promise<void> {
    for (let part = open.pop(); part !== undefined; part = open.pop()) {
      const { name, close } = part
      await within(closeMs, close).catch((error: unknown) => onFailure(name, error))
    }
  }

  return {
    onClose: (name, close) => void open.push({ name, close }),
    close: () => (closing ??= closeAll()),
  }
}

async function within(ms: number, act: () => Promise<void> | void): Promise<void> {
  const done = (async () => {
    await act()
    return true
  })()
  if ((await inTime(done, ms)) === undefined) throw new Error(`did not close within ${ms} ms`)
}
