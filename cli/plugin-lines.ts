import { noticeHooks, questionHooks } from '../contract/hook-routes.ts'
import { hookOf, isHookName } from '../contract/hooks.ts'
import type { FalseBlocks, PluginRequest, PluginStatus } from '../contract/plugin-answers.ts'
import { styled, type Style, type Terminal } from './terminal.ts'

const styles: Readonly<Record<PluginStatus['state'], Style>> = {
  active: 'green',
  disabled: 'dim',
  unapproved: 'yellow',
  changed: 'yellow',
  paused: 'yellow',
  broken: 'red',
}

/** Prints every plugin. */
export function printPlugins(
  { items }: { readonly items: readonly PluginStatus[] },
  terminal: Terminal,
): void {
  if (items.length === 0)
    terminal.line('There are no plugins. Begin one with ', styled('cyan', 'aios plugin new NAME'), '.')
  for (const item of items) printPlugin(item, terminal)
}

/** Prints how one plugin stands. */
export function printPlugin(plugin: PluginStatus, terminal: Terminal): void {
  const {
    id,
    version,
    state,
    origin,
    repository,
    mode,
    hooks,
    problem,
    shadow,
    isDecidedHere = false,
  } = plugin
  const from = repository === undefined ? origin : `asked for by ${repository}`
  terminal.line(
    styled('bold', id),
    ` ${version}  `,
    styled(styles[state], state),
    styled('dim', isGate(hooks) ? `  ${from}, ${mode}` : `  ${from}`),
  )
  if (hooks.length > 0) terminal.line('  handles ', handled(hooks))
  if (isDecidedHere)
    terminal.line('  decided for this repository alone: only ', styled('cyan', '--here'), ' changes it here')
  if (shadow !== undefined) terminal.line('  in shadow: ', inShadow(shadow))
  if (problem !== undefined) for (const line of problem.split('\n')) terminal.line('  ', styled('red', line))
  if (state === 'unapproved' || state === 'changed')
    terminal.line('  look at it: ', styled('cyan', `aios plugin approve ${id}`))
}

/** Prints what a plugin asks for, what of it is new, and how to approve it. */
export function printRequest(
  { plugin, difference, missing, approval }: PluginRequest,
  terminal: Terminal,
): void {
  const { id, name, version, path, hash, requested, state } = plugin
  terminal.line(styled('bold', name), ` (${id} ${version})`)
  terminal.line('  ', path)
  terminal.line('  handles ', handled(plugin.hooks))
  for (const word of difference.added) terminal.line(styled('yellow', `  + ${word}`))
  for (const word of difference.removed) terminal.line(styled('dim', `  - ${word}`))
  for (const word of difference.kept) terminal.line(`    ${word}`)
  if (requested.length === 0) terminal.line('  asks for nothing: it sees what its hooks are given')
  for (const { name: permission, reason } of requested)
    if (reason !== undefined) terminal.line(styled('dim', `  ${permission}: ${reason}`))
  terminal.line(`  hash ${hash}`)
  if (state === 'active' || state === 'disabled') return terminal.line('It is approved as it is.')
  if (plugin.problem !== undefined)
    for (const line of plugin.problem.split('\n')) terminal.line(styled('red', line))
  if (state === 'broken' || state === 'paused') return
  const was =
    approval === undefined ? 'It was never approved.' : `It changed since ${approval.version} was approved.`
  const scopes = missing.map((one) => (one === 'file:read' ? ' --path GLOB' : ' --host NAME')).join('')
  terminal.line(was, ' To allow this and nothing else:')
  terminal.line('  ', styled('cyan', `aios plugin approve ${id} --hash ${hash.slice(0, 12)}${scopes}`))
}

/** Prints what was approved, and what is left to do until it counts. */
export function printApproved({ plugin }: PluginRequest, terminal: Terminal): void {
  printPlugin(plugin, terminal)
  const { id, hooks, state, mode } = plugin
  const handles = (known: readonly string[]) => hooks.some((name) => known.includes(name))
  if (handles([...questionHooks, ...noticeHooks]))
    terminal.line('  hooks of git reach it where ', styled('cyan', 'aios hooks install'), ' was run')
  if (state !== 'active' || mode !== 'shadow' || !isGate(hooks)) return
  terminal.line('  it tells what it would refuse, and refuses nothing; to make it count:')
  terminal.line('  ', styled('cyan', `aios plugin enable ${id} --enforce`))
}

/** What refuses nothing is neither in shadow mode nor enforced. */
function isGate(hooks: readonly string[]): boolean {
  return hooks.some((name) => isHookName(name) && hookOf(name).gate)
}

/** Whoever waits for something that does not happen yet should know. */
function handled(names: readonly string[]): string {
  const isWaiting = (name: string) => isHookName(name) && hookOf(name).notYet !== undefined
  return names.map((name) => (isWaiting(name) ? `${name} (not asked yet)` : name)).join(', ')
}

/** Whether a refusal was right is known of the past alone: what was committed today may be taken back tomorrow. */
function inShadow({ calls, denials }: FalseBlocks): string {
  return `would have refused ${denials} of ${calls}, which went on all the same`
}

/** Returns a false-block rate in words. */
export function blocksIn({ calls, denials, falseBlocks, rate, interval }: FalseBlocks): string {
  const [low = 0, high = 1] = interval
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`
  const range = `${percent(rate)}, between ${percent(low)} and ${percent(high)}`
  return `${denials} of ${calls} would have been refused, ${falseBlocks} of them falsely (${range})`
}
