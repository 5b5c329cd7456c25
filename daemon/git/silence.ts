import type { GitProcess } from './git.ts'

/** Keeps an eye on a process that is held open. */
export interface Silence {
  /** Says that something was asked: from now on the process is waited for. */
  asked(): void
}

/** To find the renames of a thousand files takes seconds, in which git says nothing. */
export const longestSilenceMs = 30_000
/** Where it was this process that stood still, what git has said meanwhile is heard first. */
const graceMs = 100

/**
 * Ends a process that was asked, and says nothing for so long: one that is stopped, or that reads a disk which does
 * not answer, would be waited for for ever, by all who ask after it too.
 */
export function endWhenSilent(
  { stdout, ended, kill }: GitProcess,
  isWaitedFor: () => boolean,
  ms = longestSilenceMs,
): Silence {
  let timer: NodeJS.Timeout | undefined
  const end = () => {
    if (isWaitedFor()) kill()
  }
  const listen = () => {
    clearTimeout(timer)
    if (isWaitedFor()) timer = setTimeout(() => (timer = setTimeout(end, graceMs)), ms).unref()
  }
  stdout.on('data', listen)
  void ended.then(() => clearTimeout(timer))
  return { asked: listen }
}
