import { isBuiltin } from 'node:module'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { readSources } from './sources.ts'

/** Raise it as the code grows: rules that see nothing would pass. */
const fewestFiles = 200

/** The folders of each layer, lowest first. A folder may import itself and what lies below its layer. */
const layers = [
  ['contract'],
  [
    'daemon/audit',
    'daemon/bus',
    'daemon/git',
    'daemon/metrics',
    'daemon/pages',
    'daemon/schedules',
    'daemon/tasks',
    'daemon/telemetry',
    'daemon/vault',
    'daemon/yaml',
    'native-workers',
  ],
  ['daemon/store', 'daemon/embedder', 'daemon/generator', 'plugins'],
  [
    'daemon/backup',
    'daemon/memory',
    'daemon/hooks',
    'daemon/guard',
    'daemon/skills',
    'daemon/evolution',
    'daemon/policy',
  ],
  ['daemon/evaluation'],
  ['daemon/http', 'daemon/mcp', 'daemon/ws', 'cli'],
  ['daemon'],
]

/** Code that runs in a process of its own, away from the daemon: it shares the words and nothing else. */
const apart = ['cli', 'daemon/mcp', 'plugins/host', 'native-workers']

/** What code that runs apart may use all the same: `aios mcp` speaks MCP with the server that the daemon speaks it with. */
const shared: Record<string, readonly string[]> = { cli: ['daemon/mcp'] }

/** Packages with one door: elsewhere they are spoken of in our own words. */
const doors: Record<string, readonly string[]> = {
  '@modelcontextprotocol/server': ['daemon/mcp', 'cli'],
  '@lancedb/lancedb': ['daemon/store'],
  'apache-arrow': ['daemon/store'],
  chokidar: ['daemon/git'],
  cron: ['daemon/schedules'],
  commander: ['cli'],
  fastify: ['daemon/http'],
  'isomorphic-git': ['daemon/git'],
  'jsonc-parser': ['cli/agents'],
  'smol-toml': ['cli/agents'],
  jose: ['daemon/guard'],
  'prom-client': ['daemon/metrics'],
  tar: ['daemon/backup'],
  typebox: ['contract'],
  ws: ['daemon/ws'],
  '@napi-rs/keyring': ['daemon/vault'],
  '@opentelemetry/sdk-trace': ['daemon/telemetry'],
}

/** Packages that one file names, wherever else their names might be written: nothing gets around what it does. */
const soleDoors: Record<string, string> = { 'isolated-vm': 'plugins/host/isolate.ts' }

/** Folders that may use these only. The contract is words: it names places, and touches nothing. */
const diets: Record<string, readonly string[]> = {
  contract: ['typebox', 'node:os', 'node:path'],
  cli: ['node:*', 'commander', '@modelcontextprotocol/server', 'jsonc-parser', 'smol-toml'],
}

const sources = readSources(['contract', 'daemon', 'plugins', 'native-workers', 'cli'])
const folders = layers.flat()

test('the rules see the whole codebase', () => {
  expect(sources.length).toBeGreaterThanOrEqual(fewestFiles)
  expect(sources.flatMap(({ imports }) => imports).length).toBeGreaterThanOrEqual(fewestFiles / 2)
})

test('every file belongs to a folder that has a layer', () => {
  const homeless = sources.filter(({ path }) => folderOf(path) === undefined || isStray(path))
  expect(homeless.map(({ path }) => path)).toEqual([])
})

test.each(sources)('$path imports only its own folder and what lies below it', ({ path, imports }) => {
  expect(imports.filter((imported) => !mayImport(path, imported))).toEqual([])
})

test.each(sources)('$path uses only the packages that its folder may use', ({ path, packages }) => {
  expect(packages.filter((name) => !mayUse(path, name))).toEqual([])
})

test.each(Object.entries(soleDoors))('%s is named by %s alone', (name, door) => {
  const everything = [...sources, ...readSources(['bench', 'scripts', 'test/attacks', 'test/unit'])]
  const users = everything.filter(({ packages }) => packages.some((module) => packageOf(module) === name))
  expect(users.map(({ path }) => path)).toEqual([door])
})

test.each(sources)('$path fits on a few screens, exports by name and knows its types', (source) => {
  expect(source.lines).toBeLessThanOrEqual(250)
  expect(source.exports.map(({ name }) => name)).not.toContain('*')
  expect(source.anys).toBe(0)
})

function mayImport(path: string, imported: string): boolean {
  const from = folderOf(path)
  const to = folderOf(imported)
  if (from === undefined || to === undefined) return false
  const island = apart.find((folder) => isIn(path, folder))
  if (island !== undefined)
    return isIn(imported, island) || to === 'contract' || shared[island]?.includes(to) === true
  return from === to || layerOf(to) < layerOf(from)
}

function mayUse(path: string, module: string): boolean {
  const name = packageOf(module)
  const homes = doors[name]
  if (homes !== undefined && !homes.some((folder) => isIn(path, folder))) return false
  const diet = diets[folderOf(path) ?? '']
  return diet === undefined || diet.includes(name) || (isBuiltin(module) && diet.includes('node:*'))
}

/** Returns the longest folder of the table that holds the file. */
function folderOf(path: string): string | undefined {
  return folders.filter((folder) => isIn(path, folder)).toSorted((one, other) => other.length - one.length)[0]
}

/** Says whether the file lies in a folder of the daemon that the table does not know. */
function isStray(path: string): boolean {
  return folderOf(path) === 'daemon' && dirname(path) !== 'daemon'
}

function layerOf(folder: string): number {
  return layers.findIndex((layer) => layer.includes(folder))
}

function isIn(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`)
}

/** Returns the package of a module name: `typebox` of `typebox/value`; node's own modules as they are. */
function packageOf(name: string): string {
  if (isBuiltin(name)) return name
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')
}
