import { Config } from '../contract/config.ts'
import type { ConfigAnswer } from '../contract/config-answer.ts'
import { AiosError } from '../contract/errors.ts'
import { defaultOf, isValid } from '../contract/validate.ts'
import { variableOf } from '../contract/variable.ts'
import { type ConfigFile, readConfigFile } from './config-file.ts'
import { problemsOf, quoted } from './yaml/issue.ts'
import { proposalFor, settingsByKey } from './config-keys.ts'
import { readLayer, readValue } from './config-layer.ts'
import { nearest } from '../contract/nearest.ts'

/** Where settings are read from; what comes later wins. */
export interface ConfigSources {
  readonly userFile: string
  /** The repository's `.aiosrc.yaml`, which may not hold settings that are the user's alone. */
  readonly repositoryFile?: string
  /** `AIOS_RECALL_LIMIT` sets `recall.limit`. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Dotted keys, each with its value as it would stand in YAML. */
  readonly flags?: Readonly<Record<string, string>>
  /**
   * Whose problems are returned instead of thrown: by default the repository's, because whoever wrote its file may
   * not take the daemon down, while the user must learn at once that their own is not in force.
   */
  readonly tolerate?: 'nothing' | 'repository' | 'everything'
  /** What was in force before: what a file set then stays in force while the file is wrong. */
  readonly former?: Loaded
}

/** The settings in force. */
export interface Loaded {
  readonly config: Config
  /** Where each setting comes from, by its dotted key: `default`, a file with its line, a variable, `command line`. */
  readonly origins: ReadonlyMap<string, string>
  /** What was wrong with the layers that are left out because of it. */
  readonly problems: readonly AiosError[]
  readonly files: readonly (ConfigFile & { readonly exists: boolean; readonly valid: boolean })[]
}

/** Returns the settings in force. A layer counts whole or, when anything in it is wrong, not at all. */
export async function loadConfig(sources: ConfigSources): Promise<Loaded> {
  const files = filesOf(sources)
  const layers = [...(await Promise.all(files.map(readFile))), ...variablesOf(sources), flagsOf(sources)]
  const tolerated = layers.filter((layer) => isTolerated(layer, sources.tolerate ?? 'repository'))
  const fatal = layers.find((layer) => layer.problems.length > 0 && !tolerated.includes(layer))
  if (fatal?.problems[0] !== undefined) throw fatal.problems[0]

  const inForce = new Map<string, Entry>()
  for (const [key, { schema }] of settingsByKey)
    inForce.set(key, { value: defaultOf(schema), origin: 'default' })
  for (const layer of layers) {
    const { path, problems, entries } = layer
    const counted = problems.length === 0 ? entries : entriesOf(sources.former, path)
    for (const [key, entry] of counted) inForce.set(key, entry)
  }

  return {
    config: nested(inForce),
    origins: new Map([...inForce].map(([key, { origin }]) => [key, origin])),
    problems: layers.flatMap(({ problems }) => problems),
    files: files.map((file, index) => ({
      ...file,
      exists: layers[index]?.exists ?? false,
      valid: layers[index]?.problems.length === 0,
    })),
  }
}

/** Returns the settings in force as they are shown. */
export function describeConfig({ config, origins, problems, files }: Loaded): ConfigAnswer {
  return {
    settings: [...origins].map(([key, origin]) => ({ key, value: valueAt(config, key), origin })),
    files: files.map(({ path, exists, valid, scope }) => ({ path, exists, valid, scope })),
    problems: problems.map(({ code, message, kind }) => ({ code, message, hint: kind.hint })),
  }
}

interface Entry {
  readonly value: unknown
  readonly origin: string
}

interface LayerInPlace {
  /** The file that it was read from. */
  readonly path?: string
  readonly isRepository?: boolean
  readonly exists?: boolean
  readonly entries: ReadonlyMap<string, Entry>
  readonly problems: readonly AiosError[]
}

function filesOf({ userFile, repositoryFile }: ConfigSources): ConfigFile[] {
  const user: ConfigFile = { path: userFile, scope: 'user' }
  return repositoryFile === undefined ? [user] : [user, { path: repositoryFile, scope: 'repository' }]
}

async function readFile(file: ConfigFile): Promise<LayerInPlace> {
  const isRepository = file.scope === 'repository'
  try {
    const content = await readConfigFile(file)
    if (content === undefined)
      return { path: file.path, isRepository, exists: false, entries: new Map(), problems: [] }
    const { values, issues } = readLayer(content.text, file.scope)
    const entries = new Map(
      [...values].map(([key, { value, line }]) => [key, { value, origin: `${file.path}:${line}` }]),
    )
    return { path: file.path, isRepository, exists: true, entries, problems: problemsOf(file.path, issues) }
  } catch (error) {
    if (!(error instanceof AiosError)) throw error
    return { path: file.path, isRepository, exists: true, entries: new Map(), problems: [error] }
  }
}

/** Returns what a file had set in settings that were in force. */
function entriesOf(former: Loaded | undefined, path: string | undefined): [string, Entry][] {
  if (former === undefined || path === undefined) return []
  return [...former.origins]
    .filter(([, origin]) => origin.startsWith(`${path}:`))
    .map(([key, origin]) => [key, { value: valueAt(former.config, key), origin }])
}

/**
 * Each variable is a layer of its own, so that a wrong one does not undo the others.
 *
 * One that almost names a setting is a mistake; any other `AIOS_*` is somebody else's, and ignored.
 */
function variablesOf({ environment }: ConfigSources): LayerInPlace[] {
  const keys = new Map([...settingsByKey.keys()].map((key) => [variableOf(key), key]))
  return Object.entries(environment).flatMap(([name, text]) => {
    if (!name.startsWith('AIOS_') || text === undefined || text.trim() === '') return []
    const key = keys.get(name)
    if (key !== undefined) return [readText(name, key, text)]
    const meant = nearest(
      name.slice(5),
      [...keys.keys()].map((known) => known.slice(5)),
    )
    return meant === undefined ? [] : [wrong(name, `This is not a setting. Did you mean AIOS_${meant}?`)]
  })
}

function flagsOf({ flags }: ConfigSources): LayerInPlace {
  const layers = Object.entries(flags ?? {}).map(([key, text]) => readText('command line', key, text))
  return {
    entries: new Map(layers.flatMap(({ entries }) => [...entries])),
    problems: layers.flatMap(({ problems }) => problems),
  }
}

function readText(origin: string, key: string, text: string): LayerInPlace {
  const setting = settingsByKey.get(key)
  if (setting === undefined) return wrong(origin, `${quoted(key)} is not a setting.${proposalFor('', key)}`)
  const { value, issues } = readValue(setting, text)
  return { entries: new Map([[key, { value, origin }]]), problems: problemsOf(origin, issues) }
}

function wrong(origin: string, message: string): LayerInPlace {
  return { entries: new Map(), problems: problemsOf(origin, [{ code: 'config.invalid', message }]) }
}

function isTolerated({ isRepository }: LayerInPlace, tolerate: ConfigSources['tolerate']): boolean {
  return tolerate === 'everything' || (tolerate === 'repository' && isRepository === true)
}

function nested(entries: ReadonlyMap<string, Entry>): Config {
  const root: Section = {}
  for (const [key, { value }] of entries) put(root, key.split('.'), value)
  if (!isValid(Config, root)) throw new Error('The defaults of the configuration do not fit its own schema.')
  return root
}

interface Section {
  [name: string]: unknown
}

function put(section: Section, [name = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) return void (section[name] = value)
  const below = isSection(section[name]) ? section[name] : {}
  section[name] = below
  put(below, rest, value)
}

function valueAt(config: Config, key: string): unknown {
  return key.split('.').reduce<unknown>((below, name) => (isSection(below) ? below[name] : undefined), config)
}

function isSection(value: unknown): value is Section {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
