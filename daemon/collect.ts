import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { EventType } from '../contract/events.ts'

/** What leaves a heap full of garbage behind. */
const afterBulk: ReadonlySet<string> = new Set<EventType>([
  'daemon.started',
  'ingestion.searchable',
  'store.compacted',
])
/** Long enough for who waits for the same to be answered first. */
const settleMs = 5_000

/** Collects garbage soon, when the fact is one that leaves much of it. */
export function collectAfter(type: string): void {
  if (afterBulk.has(type)) setTimeout(collectGarbage, settleMs).unref()
}

/**
 * Collects garbage now and gives its memory back to the system.
 *
 * After a history was read or loaded, half of the heap is garbage that nothing else would make V8 look at for
 * as long as nobody asks anything. Takes a tenth of a second; not for a moment in which somebody waits.
 */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect === 'function') collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
