import type { HooksAnswer } from '../contract/hook-routes.ts'
import { styled, type Terminal } from './terminal.ts'
import { wrap } from './width.ts'

const looks = {
  installed: 'green',
  absent: 'dim',
  outdated: 'yellow',
  edited: 'yellow',
  displaced: 'yellow',
} as const

/** Prints how aios stands in the hooks of a repository. */
export function printHooks(found: HooksAnswer, terminal: Terminal): void {
  const { hooks, folder, way, manager, remarks } = found
  for (const { hook, state, keeps } of hooks) {
    const after = keeps ? ', after the hook that was there' : ''
    terminal.line(hook.padEnd(14), styled(looks[state], `${state}${state === 'installed' ? after : ''}`))
  }
  const place = way === 'config' ? 'in the configuration of the repository' : `in ${folder}`
  terminal.line(styled('dim', `${place}${manager === undefined ? '' : `, beside ${manager}`}`))
  for (const remark of remarks) {
    for (const line of wrap(remark, terminal.width)) terminal.line(styled('yellow', line))
  }
}
