import { existsSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { AiosError } from '../../contract/errors.ts'
import type { Program } from '../program.ts'
import { at, isObject, type Agent, type Place, type Scope } from './agents.ts'
import type { Connection, Connections } from './connections.ts'
import { jsonSettings } from './json-settings.ts'
import type { Settings } from './settings.ts'
import {
  deleteSettingsFile,
  readSettingsFile,
  replaceSettingsFile,
  unreadable,
  type SettingsFile,
} from './settings-file.ts'
import { hashOf, spliceBetween, undone } from './splice.ts'
import { tomlSettings } from './toml-settings.ts'

/** The name under which aios stands in every agent's settings. */
const serverName = 'aios'

/** What an agent's settings say of aios. `outdated`: of an aios that is started otherwise. `taken`: of something else. */
export type Standing = 'connected' | 'outdated' | 'taken' | 'absent'

/** One agent's settings, looked at. */
export interface Looked {
  readonly agent: Agent
  readonly scope: Scope
  readonly file: SettingsFile
  readonly standing: Standing
}

/** A change that was not made yet. */
export interface Change {
  readonly file: SettingsFile
  readonly after: string
  /** The text that undoing leads back to. */
  readonly base: string
  /** Whether the file is there for aios alone: made by it, or deleted with its entry. */
  readonly isOwn: boolean
}

/** What changes are made with. */
export interface ChangeParts {
  readonly program: Program
  /** What the server must be started with to be the same aios as this one. */
  readonly environment: Readonly<Record<string, string>>
  readonly connections: Connections
}

const formats: Record<Agent['format'], Settings> = { json: jsonSettings, toml: tomlSettings }

/** Looks at what an agent's settings say of aios. */
export function look(agent: Agent, scope: Scope, place: Place, parts: ChangeParts): Looked {
  const [first = '', ...others] = agent.files(scope, place)
  const file = readSettingsFile([first, ...others].find((path) => existsSync(path)) ?? first)
  const settings = settingsOf(agent, file)
  const entry = at(settings, ...agent.keys(settings), serverName)
  return { agent, scope, file, standing: standingOf(entry, agent, parts) }
}

/** Returns the change that connects an agent; undefined when it is connected already. */
export function connecting(looked: Looked, mayReplace: boolean, parts: ChangeParts): Change | undefined {
  const { agent, file, standing } = looked
  if (standing === 'connected') return undefined
  if (standing === 'taken' && !mayReplace) {
    throw new AiosError('agent.taken', `${file.path} has another server of the name \`${serverName}\`.`)
  }
  const { base, isOwn } = baseOf(looked, parts.connections)
  const { parse, add, remove } = formats[agent.format]
  const bare = withoutMark(base)
  const keys = agent.keys(parse(bare))
  const entry = agent.entry(parts.program, parts.environment)
  const after = add(remove(bare, keys, serverName), keys, serverName, entry)
  hold(file, agent, withoutMark(file.text), after)
  return { file, base, after: markOf(base) + after, isOwn }
}

/** Returns the change that takes aios out: to the byte what was before, where nothing else has changed since. */
export function disconnecting(looked: Looked, connections: Connections): Change | undefined {
  const { file, standing } = looked
  if (standing === 'absent') return undefined
  if (standing === 'taken') {
    throw new AiosError(
      'agent.taken',
      `The server \`${serverName}\` in ${file.path} is not this aios; it stays.`,
    )
  }
  const { base, isOwn } = baseOf(looked, connections)
  return { file, base, after: base, isOwn }
}

/** Returns the text as it was before aios was in it, to the byte where nothing else has changed since. */
function baseOf(
  { agent, file, standing }: Pick<Looked, 'agent' | 'file' | 'standing'>,
  connections: Connections,
): Pick<Change, 'base' | 'isOwn'> {
  // What has our name and is not ours belongs to the file.
  if (standing === 'absent' || standing === 'taken') return { base: file.text, isOwn: !file.exists }
  const done = connections.of(file.path)
  if (done !== undefined && done.after === hashOf(file.text)) {
    return { base: undone(file.text, done), isOwn: done.isMade }
  }
  const { parse, remove } = formats[agent.format]
  const bare = withoutMark(file.text)
  const base = remove(bare, agent.keys(parse(bare)), serverName)
  hold(file, agent, bare, base)
  return { base: markOf(file.text) + base, isOwn: false }
}

/** Makes a change that connects, and keeps how it is undone. */
export function connectBy(
  { file, base, after, isOwn }: Change,
  scope: Scope,
  connections: Connections,
): void {
  const made = replaceSettingsFile(file, after, scope === 'user' ? 0o600 : 0o644)
  const folders = file.exists ? (connections.of(file.path)?.folders ?? []) : made
  const splice = spliceBetween(base, after)
  connections.keep({ path: file.path, ...splice, after: hashOf(after), isMade: isOwn, folders })
}

/** Undoes a connection to the byte; false when the file has changed since, or is gone, and was left alone. */
export function undo(connection: Connection, connections: Connections): boolean {
  const file = readSettingsFile(connection.path)
  if (hashOf(file.text) !== connection.after) return false
  const base = undone(file.text, connection)
  disconnectBy({ file, base, after: base, isOwn: connection.isMade }, connections)
  return true
}

/** Makes a change that disconnects. */
export function disconnectBy({ file, after, isOwn }: Change, connections: Connections): void {
  if (isOwn) deleteSettingsFile(file, connections.of(file.path)?.folders ?? [])
  else replaceSettingsFile(file, after, 0o600)
  connections.forget(file.path)
}

function settingsOf(agent: Agent, file: SettingsFile): unknown {
  try {
    return formats[agent.format].parse(withoutMark(file.text))
  } catch (cause) {
    throw unreadable(file.path, cause)
  }
}

function standingOf(entry: unknown, agent: Agent, { program, environment }: ChangeParts): Standing {
  if (entry === undefined) return 'absent'
  if (isDeepStrictEqual(entry, agent.entry(program, environment))) return 'connected'
  return isObject(entry) && isOurs(entry) ? 'outdated' : 'taken'
}

/** Says whether the entry starts an aios, wherever it lies or lay. */
function isOurs({ command, args }: Record<string, unknown>): boolean {
  const words = [command, args].flat()
  return (
    words.at(-1) === 'mcp' &&
    words.some(
      (word) => typeof word === 'string' && /(?:^|[\\/])(?:aios(?:\.js)?|cli[\\/]main\.ts)$/.test(word),
    )
  )
}

/** Refuses a change that would touch more than our entry: what was written in a way that we do not know. */
function hold(file: SettingsFile, agent: Agent, before: string, after: string): void {
  const { parse } = formats[agent.format]
  const others = (text: string): unknown => {
    const settings = parse(text)
    return withoutEntry(settings, agent.keys(settings), serverName)
  }
  try {
    if (isDeepStrictEqual(others(before), others(after))) return
  } catch (cause) {
    throw unreadable(file.path, cause)
  }
  throw unreadable(file.path, new Error('its servers are written in a way that aios cannot change safely'))
}

/** Returns the settings without one entry, and without what would then be empty. */
function withoutEntry(settings: unknown, [key, ...rest]: readonly string[], name: string): unknown {
  if (!isObject(settings)) return settings
  const own = key ?? name
  const others = Object.fromEntries(Object.entries(settings).filter(([other]) => other !== own))
  if (key === undefined || !Object.hasOwn(settings, key)) return others
  const inner = withoutEntry(settings[key], rest, name)
  return isObject(inner) && Object.keys(inner).length === 0 ? others : { ...others, [key]: inner }
}

/** A byte order mark stays where it is; no parser wants it. */
function withoutMark(text: string): string {
  return text.slice(markOf(text).length)
}

function markOf(text: string): string {
  return text.startsWith('\ufeff') ? '\ufeff' : ''
}
