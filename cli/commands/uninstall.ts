import { command } from '../command.ts'
import { answer } from '../outcome.ts'
import { styled, type Terminal } from '../terminal.ts'
import { uninstallPlan } from '../uninstall-plan.ts'
import { wrap } from '../width.ts'

/** What the process ends with when something could not be taken away. */
const failed = 1

/** What was taken away, or would be. */
interface Removed {
  readonly dryRun: boolean
  readonly steps: readonly { readonly what: string; readonly problem?: string }[]
}

export default command({
  name: 'uninstall',
  summary: 'take aios away: hooks, service, daemon and everything it keeps',
  options: {
    keepData: {
      kind: 'flag',
      flags: '--keep-data',
      summary: 'leave what is remembered, the journal, settings and plugins',
    },
    dryRun: { kind: 'flag', flags: '--dry-run', summary: 'only say what would be removed' },
  },
  examples: ['aios uninstall --dry-run', 'aios uninstall --keep-data'],

  async run(context, _words, { keepData, dryRun }) {
    const plan = await uninstallPlan(context, keepData)
    if (dryRun) return answer('uninstall', { dryRun, steps: plan.map(({ what }) => ({ what })) }, print)
    for (const { what } of plan) context.notes.line('Removing ', what)
    const steps: { what: string; problem?: string }[] = []
    for (const { what, act } of plan) {
      const problem = await act()
      steps.push({ what, ...(problem === undefined ? {} : { problem }) })
    }
    const hasFailed = steps.some(({ problem }) => problem !== undefined)
    return answer('uninstall', { dryRun, steps }, print, hasFailed ? failed : 0)
  },
})

function print({ dryRun, steps }: Removed, terminal: Terminal): void {
  for (const { what, problem } of steps) {
    const mark = dryRun
      ? styled('blue', '○ ')
      : problem === undefined
        ? styled('green', '✔ ')
        : styled('yellow', '! ')
    terminal.line(mark, what)
    if (problem !== undefined)
      for (const line of wrap(problem, terminal.width - 4)) terminal.line('    ', styled('yellow', line))
  }
  terminal.line()
  terminal.line(
    dryRun
      ? 'Nothing was removed.'
      : 'The program itself is npm’s: `npm uninstall -g @aios-dev/aios` if it was installed so.',
  )
}
