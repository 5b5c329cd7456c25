import { execFile } from 'node:child_process'
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { AiosError } from '../../contract/errors.ts'
import type { StateFolders } from '../../contract/state.ts'
import { makeFolder } from '../make-folder.ts'
import { launchdService } from './launchd.ts'
import { serviceProgram } from './program.ts'
import { systemdService } from './systemd.ts'

/** How the daemon is kept by whatever starts programs on this system: one file, and commands. */
export interface ServiceManager {
  readonly name: 'systemd' | 'launchd'
  /** Where the file is that describes the service. */
  readonly file: string
  readonly text: string
  readonly start: readonly (readonly string[])[]
  readonly stop: readonly (readonly string[])[]
  /** What is run once the file is gone. */
  readonly forget: readonly (readonly string[])[]
  /** Ends with 0 when the service runs. */
  readonly state: readonly string[]
  /** What a person should know besides. */
  readonly remarks: readonly string[]
}

/** How the file is: `foreign` is one that aios did not write. */
export type ServiceFile = 'absent' | 'current' | 'outdated' | 'foreign'

/** What every file of ours says of itself. */
const mark = 'Written by `aios service install`'
const commandMs = 40_000

/** Returns what starts programs for this user; fails with `service.unsupported` where nothing that is known does. */
export function serviceManager(environment: NodeJS.ProcessEnv, folders: StateFolders): ServiceManager {
  const program = serviceProgram(environment, folders)
  if (process.platform === 'darwin') return launchdService(program, environment)
  const hasSystemd = process.platform === 'linux' && isOnPath('systemctl', environment)
  if (hasSystemd) return systemdService(program, environment)
  throw new AiosError('service.unsupported', 'Neither systemd nor launchd starts programs here.')
}

/** Says how the file of a service is. */
export function serviceFile({ file, text }: ServiceManager): ServiceFile {
  if (!existsSync(file)) return 'absent'
  const standing = readFileSync(file, 'utf8')
  if (!standing.includes(mark)) return 'foreign'
  return standing === text ? 'current' : 'outdated'
}

/** Writes the file, unless somebody else has put one there; returns whether it is another than before. */
export function writeServiceFile(manager: ServiceManager): boolean {
  const { file, text } = manager
  const standing = serviceFile(manager)
  if (standing === 'foreign') throw foreign(file)
  if (standing === 'current') return false
  try {
    makeFolder(dirname(file))
    writeFileSync(`${file}.new`, text, { mode: 0o644 })
    renameSync(`${file}.new`, file)
  } catch (cause) {
    throw new AiosError('file.unwritable', `${file} cannot be written.`, { cause })
  }
  return true
}

/** Removes the file if aios wrote it; returns whether there was one. */
export function removeServiceFile(manager: ServiceManager): boolean {
  const standing = serviceFile(manager)
  if (standing === 'foreign') throw foreign(manager.file)
  rmSync(manager.file, { force: true })
  return standing !== 'absent'
}

/** Runs commands one after the other, up to the first that fails; returns what it said, or nothing. */
export async function runCommands(
  commands: readonly (readonly string[])[],
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (const [program = '', ...words] of commands) {
    const said = await promisify(execFile)(program, words, {
      env: environment,
      timeout: commandMs,
      signal,
    }).then(
      () => undefined,
      (error: unknown) => reasonOf(error),
    )
    signal.throwIfAborted()
    if (said !== undefined) return `\`${[program, ...words].join(' ')}\` failed: ${said}`
  }
  return undefined
}

function reasonOf(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : ''
  return said === '' ? (error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)) : said
}

function foreign(file: string): AiosError {
  return new AiosError('service.foreign', `${file} was not written by aios.`)
}

function isOnPath(name: string, { PATH = '' }: NodeJS.ProcessEnv): boolean {
  return PATH.split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, name)))
}
