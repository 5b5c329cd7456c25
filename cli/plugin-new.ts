import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { AiosError } from '../contract/errors.ts'
import { pluginRoutes } from '../contract/plugin-routes.ts'
import { command } from './command.ts'
import { answer } from './outcome.ts'
import { styled } from './terminal.ts'

/** Writes a new plugin. */
export const create = command({
  name: 'new',
  summary: 'write a plugin that works as it is: a handler, an event to try it with, and types',
  arguments: [{ name: '<folder>', summary: 'a folder that does not exist yet; its name is the plugin’s id' }],
  options: {
    hook: { kind: 'text', flags: '--hook <hook>', summary: 'what it handles; pre-commit when absent' },
  },
  examples: ['aios plugin new tides', 'aios plugin new .aios/plugins/tides --hook commit-msg'],

  async run({ connect, directory }, [folder = ''], { hook }) {
    const path = resolve(directory, folder)
    const id = basename(path)
    const client = await connect()
    const asked = hook === undefined ? { id } : { id, hook }
    const { files } = await client.call(pluginRoutes.scaffoldPlugin, asked)
    makeFolder(path)
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(path, name)), { recursive: true })
      writeFileSync(join(path, name), text, { flag: 'wx' })
    }
    const shown = relative(directory, path) || '.'
    const next = [`aios plugin test ${shown}`, `aios plugin add ${shown}`, `aios plugin approve ${id}`]
    return answer('plugin-new', { id, path, files: Object.keys(files), next }, (made, terminal) => {
      terminal.line('Wrote ', styled('bold', made.path), `: ${made.files.join(', ')}. Next:`)
      for (const line of made.next) terminal.line('  ', styled('cyan', line))
    })
  },
})

function makeFolder(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
    mkdirSync(path)
  } catch (cause) {
    throw new AiosError('command.usage', `${path} cannot be made; name a folder that does not exist yet.`, {
      cause,
    })
  }
}
