import { AiosError } from '../contract/errors.ts'
import { hookedCommands, hooks, isHookName, type HookName } from '../contract/hooks.ts'
import { Manifest, type Handler, type Permission } from '../contract/manifest.ts'
import { nearest } from '../contract/nearest.ts'
import { isValid } from '../contract/validate.ts'
import { type Issue, problemsOf, quoted } from '../daemon/yaml/issue.ts'
import { configComplaints } from './config-schema.ts'
import { readWritten, type Written } from './manifest-tree.ts'
import { schemaComplaints } from './schema-complaints.ts'
import { isRange, isVersion } from './version.ts'

/** A manifest in its long form. */
export interface PluginManifest {
  readonly id: string
  readonly name: string
  readonly version: string
  readonly description: string
  readonly handlers: readonly HookHandler[]
  readonly permissions: readonly Permission[]
  readonly dependencies: Readonly<Record<string, string>>
  readonly engine: string
  /** JSON Schema; empty when the plugin has no settings. */
  readonly config: Readonly<Record<string, unknown>>
  readonly memoryMb: number
  readonly cpuMsPerHour: number
}

/** How the plugin handles one hook. */
export interface HookHandler extends Omit<Handler, 'handler'> {
  readonly hook: HookName
  readonly file: string
}

/** Returns what a manifest says; throws everything that is wrong with it, each with its line and column. */
export function parseManifest(text: string, place: string): PluginManifest {
  const written = readWritten(text)
  const { value } = written
  const issues = [...written.issues]
  if (issues.length === 0) {
    const shape = schemaComplaints(Manifest, value)
    const more = shape.length === 0 && isValid(Manifest, value) ? complaintsOf(value) : shape
    issues.push(...more.map(({ path, message }) => issueAt(written, path, message)))
  }
  if (issues.length === 0 && isValid(Manifest, value)) return longForm(value)
  throw invalid(place, issues)
}

function invalid(place: string, issues: readonly Issue[]): AiosError {
  const [problem] = problemsOf(
    place,
    issues.map((issue) => ({ ...issue, code: 'config.invalid' as const })),
  )
  return new AiosError('plugin.invalid', problem?.message ?? `${place} is no manifest.`)
}

function issueAt(written: Written, path: readonly string[], message: string): Issue {
  return { code: 'config.invalid', at: written.placeOf(path), message }
}

interface Complaint {
  readonly path: readonly string[]
  readonly message: string
}

/** Returns what the schema cannot see. */
function complaintsOf(manifest: Manifest): Complaint[] {
  const { version, engines, dependencies = {}, config = {} } = manifest
  const complaints: Complaint[] = []
  const complain = (path: readonly string[], message: string) => void complaints.push({ path, message })
  if (!isVersion(version)) complain(['version'], `version must be like 1.2.3; found ${quoted(version)}.`)
  for (const [id, range] of [['engines.aios', engines?.aios ?? '*'], ...Object.entries(dependencies)]) {
    const path = id === 'engines.aios' ? ['engines', 'aios'] : ['dependencies', id ?? '']
    if (!isRange(range ?? ''))
      complain(path, `${path.join('.')} must be a range such as ^1.2; found ${quoted(range ?? '')}.`)
  }
  for (const { path, message } of configComplaints(config)) complain(['config', ...path], message)
  return [...complaints, ...hookComplaints(manifest), ...permissionComplaints(manifest)]
}

function hookComplaints({ hooks: handled, main }: Manifest): Complaint[] {
  const files = Object.entries(handled).flatMap(([hook, handler]): Complaint[] => {
    const path = ['hooks', hook]
    if (!isHookName(hook)) {
      const meant = nearest(hook, hookNames)
      const proposal = meant === undefined ? '' : ` Did you mean ${meant}?`
      return [{ path, message: `There is no hook ${quoted(hook)}.${proposal}` }]
    }
    const file = fileOf(handler) ?? main
    if (file === undefined)
      return [{ path, message: `hooks.${hook} names no handler, and there is no main.` }]
    return isInside(file) ? [] : [{ path, message: outside(file) }]
  })
  return main === undefined || isInside(main) ? files : [{ path: ['main'], message: outside(main) }, ...files]
}

const hookNames = [
  ...Object.keys(hooks).filter((name) => !name.includes('<')),
  ...['hourly', 'daily', 'weekly'].map((name) => `schedule:${name}`),
  ...hookedCommands.flatMap((command) => [`before:${command}`, `after:${command}`]),
]

function outside(file: string): string {
  return `${quoted(file)} must be a file inside the plugin’s folder, written with / and without .. in it.`
}

function permissionComplaints({ permissions = [] }: Manifest): Complaint[] {
  const seen = new Set<string>()
  return permissions.flatMap((permission, index): Complaint[] => {
    const { name, paths, hosts, methods } = typeof permission === 'string' ? { name: permission } : permission
    const path = ['permissions', String(index)]
    const isTwice = seen.has(name)
    seen.add(name)
    if (isTwice)
      return [{ path, message: `${name} is asked for twice; write it once, with all of its scope.` }]
    if (paths !== undefined && name !== 'file:read') return [{ path, message: `${name} takes no paths.` }]
    if ((hosts ?? methods) !== undefined && name !== 'network:fetch')
      return [{ path, message: `${name} takes no hosts and no methods.` }]
    return []
  })
}

/** Says whether a path can only lead into the folder that it is relative to, on any system. */
function isInside(path: string): boolean {
  return /^[\w@-][\w@ .-]*(?:\/[\w@-][\w@ .-]*)*$/.test(path)
}

function fileOf(handler: Manifest['hooks'][string]): string | undefined {
  return typeof handler === 'string' ? handler : handler.handler
}

function longForm(manifest: Manifest): PluginManifest {
  const { id, name, version, description = '', main = '', permissions = [], limits } = manifest
  return {
    id,
    name,
    version,
    description,
    handlers: Object.entries(manifest.hooks).flatMap(([hook, handler]) => {
      if (!isHookName(hook)) return []
      const { handler: _file, ...rest } = typeof handler === 'string' ? {} : handler
      return [{ hook, file: fileOf(handler) ?? main, ...rest }]
    }),
    permissions: permissions.map((permission) =>
      typeof permission === 'string' ? { name: permission } : permission,
    ),
    dependencies: manifest.dependencies ?? {},
    engine: manifest.engines?.aios ?? '*',
    config: manifest.config ?? {},
    memoryMb: limits?.memoryMb ?? 64,
    cpuMsPerHour: limits?.cpuMsPerHour ?? 60_000,
  }
}
