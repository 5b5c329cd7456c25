import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Collects garbage now and gives its memory back to the system.
 *
 * After a history was read or loaded, half of the heap is garbage that nothing else would make V8 look at for
 * as long as nobody asks anything. Takes a tenth of a second; not for a moment in which somebody waits.
 */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect === 'function') collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
