import { constants, setPriority } from 'node:os'
import process from 'node:process'
import { Piscina } from 'piscina'
import { isOrder, type Order, type Report } from './messages.ts'

const reportMemoryMs = 500
const threadHeapMb = 256
// Left to itself, V8 lets each thread fill three times this before it looks for what can go: 100 MB for nothing.
const threadNurseryMb = 16

/**
 * Answers orders with a pool of threads until the daemon closes the channel, or dies.
 *
 * The number of threads is the first argument of the process.
 */
export function serve(tasks: URL): void {
  // Set before there are threads, for they inherit it: whoever asks a question goes before those who read.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  const pool = new Piscina({
    filename: tasks.href,
    minThreads: 1,
    maxThreads: Number(process.argv[2] ?? 1),
    idleTimeout: 5_000,
    atomics: 'disabled',
    recordTiming: false,
    resourceLimits: { maxOldGenerationSizeMb: threadHeapMb, maxYoungGenerationSizeMb: threadNurseryMb },
  })

  process.on('message', (message) => {
    if (isOrder(message)) void run(pool, message)
  })
  // The daemon decides when this ends: a signal to the whole group must not end work that it waits for.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => {})
  process.on('disconnect', () => process.exit(0))
  setInterval(() => report({ kind: 'memory', rssBytes: process.memoryUsage.rss() }), reportMemoryMs)
}

async function run(pool: Piscina<Order>, order: Order): Promise<void> {
  try {
    report({ kind: 'done', id: order.id, digested: await pool.run(order) })
  } catch (error) {
    report({ kind: 'failed', id: order.id, reason: `${String(error)}${traceOf(order)}` })
  }
}

/** Whoever looks for what became of a request finds it by its trace, whichever process speaks of it. */
function traceOf({ traceId }: Order): string {
  return traceId === undefined ? '' : ` (trace ${traceId})`
}

function report(message: Report): void {
  if (process.connected) process.send?.(message)
}
