import { createCheck } from '../contract/check.ts'
import { AiosError } from '../contract/errors.ts'
import {
  type ArgumentsOf,
  hostCalls,
  type HostCallDescription,
  type HostCallName,
} from '../contract/host-calls.ts'
import type { Permission } from '../contract/manifest.ts'
import type { Schema } from '../contract/validate.ts'
import { secretsInBlobs } from './blob-secrets.ts'
import { lineAt } from './changed-text.ts'
import { fetchAllowed } from './fetch.ts'
import type { PluginPort, PluginRecords } from './port.ts'
import { readWorktreeFile } from './worktree-file.ts'

/** What a plugin keeps for itself. */
export type PluginKeep = Pick<
  PluginRecords,
  'value' | 'room' | 'setValue' | 'deleteValue' | 'keys' | 'addNote' | 'notes'
>

/** Who asks, about which repository, and what it may. */
export interface Asker {
  readonly plugin: string
  /** Undefined when the event is about no repository. */
  readonly repository: string | undefined
  /** The worktree that the event is about; undefined for the repository’s own. */
  readonly root: string | undefined
  readonly permissions: readonly Permission[]
  readonly keep: PluginKeep
  /** Milliseconds since the epoch. */
  readonly time: number
  log(level: string, message: string): void
}

/** Answers a host call whose arguments nobody has looked at yet. */
export type HostAnswer = (args: readonly unknown[], asker: Asker, signal: AbortSignal) => Promise<unknown>

const mostBytes = 2 ** 20
const mostKeys = 1000
const mostValueBytes = 64 * 1024

/** Returns what answers each host call; whether the plugin may ask is for the broker to say. */
export function hostAnswers(port: PluginPort): Record<HostCallName, HostAnswer> {
  return {
    log: answering(hostCalls.log, async ({ level, message }, { log }) => {
      log(level, message)
      return null
    }),
    'git.readBlob': answering(hostCalls['git.readBlob'], async ({ oid, options }, asker, signal) => {
      const most = options?.maxBytes ?? mostBytes
      return contentsOf(await port.readBlob(repositoryOf(asker), oid, most, signal))
    }),
    'files.read': answering(hostCalls['files.read'], (args, asker, signal) =>
      readFile(args, asker, port, signal),
    ),
    'memory.query': answering(hostCalls['memory.query'], async ({ name, input = {} }, asker, signal) => {
      const repository = repositoryOf(asker)
      if (name === 'notes') return asker.keep.notes(asker.plugin, repository, 100)
      return port.query(repository, name, input, signal)
    }),
    'memory.undone': answering(hostCalls['memory.undone'], ({ files }, asker, signal) =>
      port.undone(repositoryOf(asker), files, signal),
    ),
    'memory.write': answering(hostCalls['memory.write'], async ({ note }, asker) => {
      const { text, evidence = [] } = note
      asker.keep.addNote({
        plugin: asker.plugin,
        repository: repositoryOf(asker),
        time: asker.time,
        text,
        evidence,
      })
      return null
    }),
    'http.fetch': answering(hostCalls['http.fetch'], (request, asker, signal) => {
      return fetchAllowed(request, permissionOf(asker, 'network:fetch'), port, signal)
    }),
    'secrets.find': answering(hostCalls['secrets.find'], async ({ text, fileName }, _asker, signal) => {
      const found = await port.findSecrets(text, fileName, signal)
      return found.map(({ from, to, kind }) => ({ from, to, kind, line: lineAt(text, from) }))
    }),
    'secrets.findInBlobs': answering(hostCalls['secrets.findInBlobs'], ({ files, options }, asker, signal) =>
      secretsInBlobs(repositoryOf(asker), files, options?.maxBytes ?? mostBytes, port, signal),
    ),
    ...keyValues,
  }
}

const keyValues = {
  'kv.get': answering(hostCalls['kv.get'], async ({ key }, { keep, plugin, repository = '' }) => {
    const value = keep.value(plugin, repository, key)
    return value === undefined ? null : parse(value)
  }),
  'kv.set': answering(hostCalls['kv.set'], async ({ key, value }, { keep, plugin, repository = '' }) => {
    const text = JSON.stringify(value)
    const size = Buffer.byteLength(text) + Buffer.byteLength(key)
    const { keys, bytes } = keep.room(plugin, repository, key)
    if (size > mostValueBytes || keys >= mostKeys || bytes + size > mostBytes)
      throw new AiosError(
        'plugin.limit',
        'There is no room for this value: 64 KiB each, 1 MiB and 1,000 keys altogether.',
      )
    keep.setValue(plugin, repository, key, text)
    return null
  }),
  'kv.delete': answering(hostCalls['kv.delete'], async ({ key }, { keep, plugin, repository = '' }) => {
    keep.deleteValue(plugin, repository, key)
    return null
  }),
  'kv.list': answering(hostCalls['kv.list'], async ({ prefix = '' }, { keep, plugin, repository = '' }) => {
    return keep.keys(plugin, repository, prefix)
  }),
}

/** Makes an answer out of one that knows the types of its arguments. */
function answering<S extends HostCallDescription['args']>(
  { args: schema }: { readonly args: S },
  answer: (args: ArgumentsOf<S>, asker: Asker, signal: AbortSignal) => Promise<unknown>,
): HostAnswer {
  const check = createCheck(schema)
  const names = Object.keys(propertiesOf(schema))
  return async (args, asker, signal) => {
    const given = args.map((value, index) => [names[index] ?? '', value ?? undefined] as const)
    const named: unknown = Object.fromEntries(given.filter(([, value]) => value !== undefined))
    if (args.length <= names.length && check.accepts(named)) return answer(named, asker, signal)
    const [complaint] = check.complaints(named)
    const what = complaint === undefined ? 'takes fewer arguments' : `${complaint.at} ${complaint.message}`
    throw new AiosError('plugin.refused', `Wrong arguments: ${what.trim()}.`)
  }
}

async function readFile(
  { path, options }: { readonly path: string; readonly options?: { readonly maxBytes?: number } },
  asker: Asker,
  port: PluginPort,
  signal: AbortSignal,
): Promise<unknown> {
  const root = await port.worktreeOf(repositoryOf(asker), asker.root)
  if (root === undefined) return null
  const { paths = [] } = permissionOf(asker, 'file:read')
  const scope = { root, paths, closed: port.closedFolders }
  const start = await readWorktreeFile(path, scope, options?.maxBytes ?? mostBytes, signal)
  return start === undefined ? null : contentsOf(start)
}

function contentsOf({
  content,
  truncated,
}: {
  readonly content: Buffer
  readonly truncated: boolean
}): unknown {
  const isBinary = content.subarray(0, 8000).includes(0)
  return { text: isBinary ? '' : content.toString('utf8'), isBinary, truncated }
}

function repositoryOf({ repository }: Asker): string {
  if (repository !== undefined) return repository
  throw new AiosError('plugin.refused', 'The event is about no repository.')
}

function permissionOf({ permissions }: Asker, wanted: Permission['name']): Permission {
  return permissions.find(({ name }) => name === wanted) ?? { name: wanted }
}

function propertiesOf(schema: Schema): object {
  return 'properties' in schema && typeof schema.properties === 'object' && schema.properties !== null
    ? schema.properties
    : {}
}

function parse(text: string): unknown {
  return JSON.parse(text)
}
