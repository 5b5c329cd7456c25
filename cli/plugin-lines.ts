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
  const { id, version, state, origin, repository, mode, hooks, problem, shadow } = plugin
  const from = repository === undefined ? origin : `asked for by ${repository}`
  terminal.line(
    styled('bold', id),
    ` ${version}  `,
    styled(styles[state], state),
    styled('dim', `  ${from}, ${mode}`),
  )
  if (hooks.length > 0) terminal.line('  handles ', hooks.join(', '))
  if (shadow !== undefined) terminal.line('  in shadow: ', blocksIn(shadow))
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
  terminal.line('  handles ', plugin.hooks.join(', '))
  for (const word of difference.added) terminal.line(styled('yellow', `  + ${word}`))
  for (const word of difference.removed) terminal.line(styled('dim', `  - ${word}`))
  for (const word of difference.kept) terminal.line(`    ${word}`)
  if (requested.length === 0) terminal.line('  asks for nothing: it sees what its hooks are given')
  for (const { name: permission, reason } of requested)
    if (reason !== undefined) terminal.line(styled('dim', `  ${permission}: ${reason}`))
  terminal.line(`  hash ${hash}`)
  if (state === 'active' || state === 'disabled') return terminal.line('It is approved as it is.')
  if (plugin.problem !== undefined) return terminal.line(styled('red', plugin.problem))
  const was =
    approval === undefined ? 'It was never approved.' : `It changed since ${approval.version} was approved.`
  const scopes = missing.map((one) => (one === 'file:read' ? ' --path GLOB' : ' --host NAME')).join('')
  terminal.line(was, ' To allow this and nothing else:')
  terminal.line('  ', styled('cyan', `aios plugin approve ${id} --hash ${hash.slice(0, 12)}${scopes}`))
  return undefined
}

/** Returns a false-block rate in words. */
export function blocksIn({ calls, denials, falseBlocks, rate, interval }: FalseBlocks): string {
  const [low = 0, high = 1] = interval
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`
  const range = `${percent(rate)}, between ${percent(low)} and ${percent(high)}`
  return `${denials} of ${calls} would have been refused, ${falseBlocks} of them falsely (${range})`
}
