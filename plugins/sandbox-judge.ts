import type { Job } from './sandbox-job.ts'
import type { LossCause } from './sandbox-keeper.ts'

const mostLosses = 3

/**
 * Says who was at fault when a process was lost, and sends the others again.
 *
 * Alone, a call is at fault. Of several nobody knows: each is tried again by itself, and is then alone. The one that had
 * the processor longest comes first, for the others wait until it is known.
 */
export function judge(victims: readonly Job[], cause: LossCause, reason: string): Job[] {
  const isKnown = cause === 'deadline' || cause === 'known' || victims.some((job) => job.isSettled())
  const open = victims.filter((job) => !job.isSettled())
  const isMemory = cause === 'memory' || /memory|heap/i.test(reason)
  const busiestFirst = open.toSorted((one, other) => other.cpuMs - one.cpuMs)
  return busiestFirst.filter((job) => {
    job.losses += 1
    // A process may also be killed from outside; that happens to the same call twice to nobody.
    if (!isKnown && open.length === 1 && (isMemory || job.losses > 1))
      job.fail(isMemory ? 'memory' : 'crashed', `Its process was lost: ${reason}.`, true)
    else if (job.losses >= mostLosses)
      job.fail('crashed', `Others took its process down ${mostLosses} times: ${reason}.`, false)
    job.isSuspect = !isKnown
    return !job.isSettled()
  })
}
