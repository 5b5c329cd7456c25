import { resolve } from 'node:path'
import { pluginRoutes } from '../../contract/plugin-routes.ts'
import { command, group, type Context } from '../command.ts'
import { answer } from '../outcome.ts'
import { printApproved, printPlugin, printPlugins, printRequest } from '../plugin-lines.ts'
import { create } from '../plugin-new.ts'
import { changesFrom, scopesFrom } from '../plugin-options.ts'
import { replay, test } from '../plugin-test.ts'
import { styled, type Terminal } from '../terminal.ts'
import { wallClock } from '../wall-clock.ts'

const plugin = { name: '<plugin>', summary: 'its id' }
const here = { kind: 'flag', flags: '--here', summary: 'in this repository only' } as const

const list = command({
  name: 'list',
  summary: 'list the plugins that are there, and what each may do',

  async run({ connect, repository }) {
    const client = await connect()
    return answer('plugin-list', await client.call(pluginRoutes.plugins, { repository }), printPlugins)
  },
})

const add = command({
  name: 'add',
  summary: 'copy a plugin into your own folder of plugins; it does not run before it is approved',
  arguments: [{ name: '<folder>', summary: 'the folder that holds its plugin.json' }],

  async run({ connect, directory }, [folder = '']) {
    const client = await connect()
    const request = await client.call(pluginRoutes.addPlugin, { path: resolve(directory, folder) })
    return answer('plugin-add', request, printRequest)
  },
})

const approve = command({
  name: 'approve',
  summary: 'show what a plugin asks for; with its hash, allow it',
  arguments: [plugin],
  options: {
    hash: { kind: 'text', flags: '--hash <hash>', summary: 'what is approved: the hash that was shown' },
    paths: { kind: 'list', flags: '--path <glob>', summary: 'files that file:read may read; repeatable' },
    hosts: {
      kind: 'list',
      flags: '--host <host>',
      summary: 'hosts that network:fetch may reach; repeatable',
    },
  },
  examples: ['aios plugin approve tides', 'aios plugin approve tides --hash 0123456789ab --path "src/**"'],

  async run({ connect, repository }, [id = ''], { hash, paths, hosts }) {
    const client = await connect()
    if (hash === undefined) {
      return answer(
        'plugin-request',
        await client.call(pluginRoutes.plugin, { plugin: id, repository }),
        printRequest,
      )
    }
    const scopes = scopesFrom(paths, hosts)
    const approved = await client.call(pluginRoutes.approvePlugin, { plugin: id, repository, hash, scopes })
    return answer('plugin-approve', approved, printApproved)
  },
})

const enable = command({
  name: 'enable',
  summary: 'let a plugin run; say whether its gates count, and set its settings',
  arguments: [plugin],
  options: {
    here,
    enforce: { kind: 'flag', flags: '--enforce', summary: 'what its gates refuse is refused' },
    shadow: { kind: 'flag', flags: '--shadow', summary: 'what its gates refuse is only told' },
    anyway: { kind: 'flag', flags: '--anyway', summary: 'enforce though its false blocks are not known yet' },
    set: {
      kind: 'list',
      flags: '--set <name=value>',
      summary: 'a setting of the plugin; name+=value adds to a list; repeatable',
    },
  },
  examples: [
    'aios plugin enable large-files --enforce',
    'aios plugin enable large-files --here --set mostBytes=500000',
    'aios plugin enable secrets --set allow+=fixtures/',
  ],

  async run({ connect, repository }, [id = ''], { here: isHere, enforce, shadow, anyway, set }) {
    const client = await connect()
    const mode = enforce ? ('enforce' as const) : shadow ? ('shadow' as const) : undefined
    const status = await client.call(pluginRoutes.enablePlugin, {
      plugin: id,
      repository,
      here: isHere,
      anyway,
      ...(mode === undefined ? {} : { mode }),
      ...changesFrom(set),
    })
    return answer('plugin-enable', status, printPlugin)
  },
})

const disable = command({
  name: 'disable',
  summary: 'keep a plugin from running; its approval stays',
  arguments: [plugin],
  options: { here },

  async run({ connect, repository }, [id = ''], { here: isHere }) {
    const client = await connect()
    const status = await client.call(pluginRoutes.disablePlugin, { plugin: id, repository, here: isHere })
    return answer('plugin-disable', status, printPlugin)
  },
})

const remove = command({
  name: 'remove',
  summary: 'forget a plugin’s approval and what it has kept; delete it from your own folder',
  arguments: [plugin],

  async run({ connect, repository }, [id = '']) {
    const client = await connect()
    const removed = await client.call(pluginRoutes.removePlugin, { plugin: id, repository })
    return answer('plugin-remove', removed, ({ isDeleted }, terminal) => {
      terminal.line(
        styled('bold', id),
        isDeleted ? ' is deleted.' : ' is not approved any more; its files stay.',
      )
    })
  },
})

const logs = command({
  name: 'logs',
  summary: 'list what a plugin did and said, newest first',
  arguments: [plugin],
  options: { limit: { kind: 'count', flags: '-n, --limit <count>', summary: 'entries to list' } },

  async run(context: Context, [id = ''], { limit = 50 }) {
    const client = await context.connect()
    const found = await client.call(pluginRoutes.pluginLogs, {
      plugin: id,
      repository: context.repository,
      limit,
    })
    return answer('plugin-logs', found, printLogs)
  },
})

const decisions = [list, add, approve, enable, disable, remove]

export default group(
  'plugin',
  'list, approve, try and write plugins',
  decisions.concat([test, replay, create, logs]),
)

type Entries = { readonly items: readonly { time: string; kind: string; text: string; id?: string }[] }

function printLogs({ items }: Entries, terminal: Terminal): void {
  if (items.length === 0) terminal.line('It did nothing yet.')
  for (const { time, kind, text, id } of items) {
    const end = id === undefined ? [] : [styled('dim', `  ${id}`)]
    terminal.line(styled('dim', `${wallClock(time)}  ${kind.padEnd(4)}  `), text, ...end)
  }
}
