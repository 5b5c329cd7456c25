import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { hookOf, isHookName } from '../contract/hooks.ts'
import { pluginRoutes } from '../contract/plugin-routes.ts'
import type { ReplayReport, TrialReport } from '../contract/plugin-answers.ts'
import type { Client } from './client.ts'
import { command } from './command.ts'
import { answer } from './outcome.ts'
import { blocksIn } from './plugin-lines.ts'
import { configFrom } from './plugin-options.ts'
import { styled, type Terminal } from './terminal.ts'

/** Tries a plugin. */
export const test = command({
  name: 'test',
  summary: 'run a plugin in the sandbox over its own events, recorded ones and the last commits',
  arguments: [
    {
      name: '[folder]',
      summary: 'the folder that holds its plugin.json, or a known plugin’s id; here when absent',
    },
  ],
  options: {
    history: {
      kind: 'count',
      flags: '--history <count>',
      summary: 'the last commits that its gates are run over',
    },
    set: { kind: 'list', flags: '--set <name=value>', summary: 'a setting of the plugin; repeatable' },
  },
  examples: ['aios plugin test tides', 'aios plugin test tides --history 500'],

  async run({ connect, directory, repository }, [folder = '.'], { history = 0, set }) {
    const client = await connect()
    const config = set.length === 0 ? {} : { config: configFrom(set) }
    const path = await folderOf(client, resolve(directory, folder), { id: folder, repository })
    const input = { path, repository, history, ...config }
    const report = await client.call(pluginRoutes.testPlugin, input)
    return answer('plugin-test', report, printTrial, report.isPassed ? 0 : 1)
  },
})

/** Returns the folder that was named or, where there is none, that of the plugin with this id. */
async function folderOf(
  client: Client,
  path: string,
  named: { readonly id: string; readonly repository: string },
): Promise<string> {
  if (existsSync(path)) return path
  const { items } = await client.call(pluginRoutes.plugins, { repository: named.repository })
  return items.find(({ id }) => id === named.id)?.path ?? path
}

/** Runs a recorded call again. */
export const replay = command({
  name: 'replay',
  summary: 'run a recorded call again and compare the result byte for byte',
  arguments: [{ name: '<call>', summary: 'its id, from `aios plugin logs`' }],

  async run({ connect }, [call = '']) {
    const client = await connect()
    const report = await client.call(pluginRoutes.replayPlugin, { call })
    return answer('plugin-replay', report, printReplay, report.isSame ? 0 : 1)
  },
})

function printTrial({ plugin, events, history, isPassed }: TrialReport, terminal: Terminal): void {
  terminal.line(styled('bold', plugin.id), ` ${plugin.version}`)
  for (const { source, hook, status, decision, message, findings, isExpected } of events) {
    const isGood = status === 'ok' && isExpected !== false
    const unexpected = isExpected === false ? ', which is not what the event expects' : ''
    const result = isHookName(hook) && hookOf(hook).gate ? decision : 'done'
    const said = status === 'ok' ? `${result}${unexpected}` : `${status}: ${message}`
    terminal.line(
      isGood ? styled('green', '  ok      ') : styled('red', '  FAILED  '),
      `${source}  ${hook} → ${said}`,
    )
    if (!isGood) for (const finding of findings) terminal.line('            ', finding)
  }
  if (events.length === 0) terminal.line('  no events; put some into events/')
  if (history.calls > 0) {
    terminal.line('  history: ', blocksIn(history))
    for (const { source, message, findings } of history.denied)
      terminal.line(styled('dim', `    ${source.slice(0, 10)}  `), findings[0] ?? message)
  }
  const isTried = events.length + history.calls > 0
  if (!isPassed) terminal.line(styled('red', 'failed'))
  else terminal.line(isTried ? styled('green', 'passed') : styled('yellow', 'nothing was tried'))
}

function printReplay({ id, isSame, isSameVersion, before, after }: ReplayReport, terminal: Terminal): void {
  const version = isSameVersion ? 'the same plugin' : 'a plugin that has changed since'
  terminal.line(
    styled('bold', id),
    isSame ? ` came to the same result, by ${version}.` : ` came to another result, by ${version}.`,
  )
  if (isSame) return
  terminal.line('  before  ', before)
  terminal.line('  after   ', after)
}
