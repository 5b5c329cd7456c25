/**
 * Adds to package-lock.json the optional packages of other platforms that the registry did not serve.
 *
 * npm 11 leaves out of the lock file what it could not fetch, and `npm ci` then refuses the file because
 * it is out of step with its own `optionalDependencies`. An entry with a version and a platform is enough:
 * `npm ci` skips it where the platform is another, and asks the registry for it where it is this one.
 * With `--check`, changes nothing and fails when something is missing.
 */
import { readFileSync, writeFileSync } from 'node:fs'

interface LockEntry {
  readonly version: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly optional?: boolean
  readonly dev?: boolean
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly libc?: readonly string[]
}

interface LockFile {
  readonly packages: Readonly<Record<string, LockEntry>>
}

const systems = new Set([
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
])
const processors = new Map([
  ['arm', 'arm'],
  ['armv7', 'arm'],
  ['arm64', 'arm64'],
  ['ia32', 'ia32'],
  ['x64', 'x64'],
  ['loong64', 'loong64'],
  ['mips64el', 'mips64el'],
  ['ppc64', 'ppc64'],
  ['riscv64', 'riscv64'],
  ['s390x', 's390x'],
  ['wasm32', 'wasm32'],
])

const lockPath = 'package-lock.json'
const lock: LockFile = JSON.parse(readFileSync(lockPath, 'utf8'))
const missing = missingEntries(lock)
const names = Object.keys(missing).map((place) => place.slice('node_modules/'.length))

if (!process.argv.includes('--check')) {
  writeFileSync(lockPath, `${JSON.stringify(completed(lock, missing), null, 2)}\n`)
  console.log(names.length === 0 ? `${lockPath} was complete.` : `Added to ${lockPath}: ${names.join(', ')}.`)
} else if (names.length > 0) {
  console.error(`${lockPath} lacks ${names.join(', ')}.\nRun \`npm run lockfile\` and commit the result.`)
  process.exitCode = 1
}

function missingEntries({ packages }: LockFile): Record<string, LockEntry> {
  const found: Record<string, LockEntry> = {}
  for (const [place, entry] of Object.entries(packages)) {
    for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
      if (resolves(packages, place, name)) continue
      found[`node_modules/${name}`] = {
        version: range.replace(/^[\^~]/, ''),
        optional: true,
        ...(entry.dev === true ? { dev: true } : {}),
        ...platformOf(name),
      }
    }
  }
  return found
}

/** Says whether node's lookup, from the folder outwards, finds the package in the lock file. */
function resolves(packages: LockFile['packages'], from: string, name: string): boolean {
  const place = `${from === '' ? '' : `${from}/`}node_modules/${name}`
  if (place in packages) return true
  if (from === '') return false
  return resolves(packages, from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))), name)
}

/** Reads the platform from a name such as `@lancedb/lancedb-linux-arm64-musl`. */
function platformOf(name: string): Pick<LockEntry, 'os' | 'cpu' | 'libc'> {
  const words = name.split(/[-/]/)
  const system = words.find((word) => systems.has(word))
  const processor = words.find((word) => processors.has(word))
  if (processor === undefined)
    throw new Error(`${name} does not name its platform; add it to ${lockPath} by hand.`)
  return {
    ...(system === undefined ? {} : { os: [system] }),
    cpu: [processors.get(processor) ?? processor],
    ...libraryOf(words),
  }
}

function libraryOf(words: readonly string[]): Pick<LockEntry, 'libc'> {
  if (words.some((word) => word.startsWith('musl'))) return { libc: ['musl'] }
  return words.some((word) => word.startsWith('gnu')) ? { libc: ['glibc'] } : {}
}

function completed(lock: LockFile, missing: Record<string, LockEntry>): LockFile {
  const packages = Object.entries({ ...lock.packages, ...missing })
  packages.sort(([one], [other]) => one.localeCompare(other, 'en'))
  return { ...lock, packages: Object.fromEntries(packages) }
}
