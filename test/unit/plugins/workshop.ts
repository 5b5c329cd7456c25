import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach } from 'vitest'
import type { PluginPort } from '../../../plugins/port.ts'
import { createHookBus, type HookBus } from '../../../daemon/bus/hooks.ts'
import { openJournal, type Journal } from '../../../daemon/store/journal.ts'
import { isPublicAddress } from '../../../plugins/addresses.ts'
import { createPlugins, type Plugins, type PluginsParts } from '../../../plugins/plugins.ts'
import { createSandbox } from '../../../plugins/sandbox.ts'

export const forever = new AbortController().signal
export const oid = 'a'.repeat(40)

/** Files of a plugin by path; a manifest may be an object. */
export type PluginFiles = Readonly<Record<string, string | object>>

/** Returns a new folder. */
export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'plugins-'))
}

/** Writes a plugin that is sound but for what is given, and returns its folder. */
export function writePlugin(place: string, name: string, files: PluginFiles): string {
  const folder = join(place, name)
  for (const [path, content] of Object.entries({
    'handler.js': 'export default () => undefined',
    ...files,
  })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return folder
}

/** Returns a sound manifest, patient enough for a loaded machine, with what is given in place of its parts. */
export function manifest(id: string, parts: object = {}): object {
  const handler = { handler: 'handler.js', timeoutMs: 20_000 }
  return { id, name: id, version: '1.0.0', hooks: { 'pre-commit': handler }, ...parts }
}

/** What a pre-commit hook is asked about one file. */
export function staged(path = 'tide.md', size = 10) {
  const file = { path, status: 'added' as const, mode: '100644', oid, size }
  return { repository: 'tide-1', root: '/tide', files: [file] }
}

/** Plugins on a real bus, in a real sandbox, with a real journal. */
export interface Workshop {
  readonly plugins: Plugins
  readonly bus: HookBus
  readonly journal: Journal
  readonly userFolder: string
  readonly bundledFolder: string
  /** The `.aios/plugins` of the repository `tide-1`. */
  readonly repositoryFolder: string
  readonly worktree: string
  readonly clock: { now: number }
}

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

/** Opens a workshop that is closed when the test ends. */
export function openWorkshop(port: Partial<PluginPort> = {}, parts: Partial<PluginsParts> = {}): Workshop {
  const home = newFolder()
  const [userFolder, bundledFolder, worktree] = ['user', 'bundled', 'tide'].map((name) => join(home, name))
  if (userFolder === undefined || bundledFolder === undefined || worktree === undefined)
    throw new Error('no home')
  const repositoryFolder = join(worktree, '.aios', 'plugins')
  for (const folder of [userFolder, bundledFolder, repositoryFolder]) mkdirSync(folder, { recursive: true })
  const clock = { now: Date.UTC(2024, 4, 1) }
  const journal = openJournal(join(home, 'journal.sqlite'), () => {})
  const policy = {
    onFailure: 'allow' as const,
    timeoutMs: 30_000,
    longestTimeoutMs: 60_000,
    listeners: new Map(),
  }
  const bus = createHookBus({ policy: () => policy, now: () => clock.now, onRecord: () => {} })
  const sandbox = createSandbox({ entry: new URL('../../../plugins/host/main.ts', import.meta.url) })
  const plugins = createPlugins({
    sandbox,
    bus,
    records: journal.plugins,
    port: { ...portOf(worktree), ...port },
    places: () => [
      { origin: 'bundled', repository: '', path: bundledFolder },
      { origin: 'user', repository: '', path: userFolder },
      {
        origin: 'repository',
        repository: 'tide-1',
        within: dirname(repositoryFolder),
        path: repositoryFolder,
      },
    ],
    userFolder,
    schedules: () => ['hourly', 'daily', 'weekly'],
    version: '0.1.0',
    now: () => clock.now,
    onTrouble: (where, error) => {
      throw new Error(where, { cause: error })
    },
    ...parts,
  })
  open.push(async () => {
    await plugins.close()
    await sandbox.close()
    journal.close()
  })
  return { plugins, bus, journal, userFolder, bundledFolder, repositoryFolder, worktree, clock }
}

function portOf(worktree: string): PluginPort {
  return {
    repositoryOf: async (name) => (name === 'tide-1' ? name : undefined),
    worktreeOf: async () => worktree,
    readBlobs: async (_id, oids) => oids.map(() => undefined),
    lostBlobs: async () => [],
    changesOf: async (_id, pairs) => pairs.map(() => undefined),
    undone: async () => [],
    readBlob: async () => ({ content: Buffer.from('The tide turns.\n'), truncated: false }),
    query: async (_repository, name, input) => ({ name, input }),
    findSecrets: async () => [],
    async *history() {},
    resolve: async () => ['127.0.0.1'],
    mayReach: isPublicAddress,
    closedFolders: [],
  }
}
