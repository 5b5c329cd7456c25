import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { EventType } from '../contract/events.ts'

/** What leaves a heap full of garbage behind. */
const afterBulk: ReadonlySet<string> = new Set<EventType>([
  'daemon.started',
  'ingestion.searchable',
  'store.compacted',
])
/** Looked at this often; long enough for who waits for the same to be answered first. */
const settleMs = 5_000
/** The share of the time in which the daemon did something: more, and somebody would feel that it does not. */
const mostBusy = 0.2

let isWanted = false

/** Collects garbage when the daemon is quiet next, after a fact that leaves much of it. */
export function collectAfter(type: string): void {
  if (isWanted || !afterBulk.has(type)) return
  isWanted = true
  waitForQuiet()
}

function waitForQuiet(): void {
  const before = performance.eventLoopUtilization()
  const look = () => {
    if (performance.eventLoopUtilization(before).utilization > mostBusy) return waitForQuiet()
    isWanted = false
    return collectGarbage()
  }
  setTimeout(look, settleMs).unref()
}

/**
 * Collects garbage now and gives its memory back to the system.
 *
 * After a history was read or loaded, half of the heap is garbage that nothing else would make V8 look at for
 * as long as nobody asks anything. Takes a tenth of a second, and several on a machine that is busy with other things.
 */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect === 'function') collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
