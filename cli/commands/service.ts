import { AiosError } from '../../contract/errors.ts'
import { command, group, type Context } from '../command.ts'
import { stopDaemon } from '../connect.ts'
import { findDaemon } from '../discover.ts'
import { makeFolder } from '../make-folder.ts'
import { answer } from '../outcome.ts'
import {
  removeServiceFile,
  runCommands,
  serviceFile,
  serviceManager,
  writeServiceFile,
  type ServiceFile,
} from '../service/manager.ts'
import { styled, type Terminal } from '../terminal.ts'
import { wrap } from '../width.ts'
import { dirname } from 'node:path'

/** What the process ends with when the file is written and the service does not run. */
const degraded = 7

const dryRun = { kind: 'flag', flags: '--dry-run', summary: 'only say what would be done' } as const

/** What was done, or would be. */
interface Done {
  readonly manager: string
  readonly file: string
  /** Commands that are run. */
  readonly commands: readonly string[]
  readonly dryRun: boolean
  readonly remarks: readonly string[]
  /** What the file says; only when nothing was done. */
  readonly text?: string
}

const install = command({
  name: 'install',
  summary: 'let the system start the daemon when you log in, and again when it fails',
  options: { dryRun },

  async run(context, _words, values) {
    const { environment, folders, signal } = context
    const manager = serviceManager(environment, folders)
    const { name, file, text, start, remarks } = manager
    const done = { manager: name, file, commands: start.map(asLine), dryRun: values.dryRun }
    if (serviceFile(manager) === 'foreign')
      throw new AiosError('service.foreign', `${file} was not written by aios.`)
    if (values.dryRun) return answer('service-install', { ...done, remarks, text }, print)
    await stopRunning(context)
    makeFolder(dirname(folders.logFile))
    writeServiceFile(manager)
    const failure = await runCommands(start, environment, signal)
    const all =
      failure === undefined
        ? remarks
        : [...remarks, `The file is written; the service is not started. ${failure}`]
    return answer('service-install', { ...done, remarks: all }, print, failure === undefined ? 0 : degraded)
  },
})

const uninstall = command({
  name: 'uninstall',
  summary: 'let the system start the daemon no more',
  options: { dryRun },

  async run({ environment, folders, signal }, _words, values) {
    const manager = serviceManager(environment, folders)
    const isThere = serviceFile(manager) !== 'absent'
    const commands = isThere ? [...manager.stop, ...manager.forget] : []
    const done = { manager: manager.name, file: manager.file, commands: commands.map(asLine) }
    const remarks: string[] = isThere ? [] : ['It is not installed.']
    if (isThere && !values.dryRun) {
      if (serviceFile(manager) === 'foreign') removeServiceFile(manager)
      const stopped = await runCommands(manager.stop, environment, signal)
      removeServiceFile(manager)
      const forgotten = await runCommands(manager.forget, environment, signal)
      remarks.push(...[stopped, forgotten].filter((said) => said !== undefined))
    }
    return answer('service-uninstall', { ...done, dryRun: values.dryRun, remarks }, print)
  },
})

/** How the service stands. */
interface Standing {
  readonly manager: string
  readonly file: string
  readonly state: ServiceFile
  readonly runs: boolean
}

const status = command({
  name: 'status',
  summary: 'say whether the system starts the daemon',

  async run({ environment, folders, signal }) {
    const manager = serviceManager(environment, folders)
    const failure = await runCommands([manager.state], environment, signal)
    const state = serviceFile(manager)
    const standing = { manager: manager.name, file: manager.file, state, runs: failure === undefined }
    return answer('service', standing, printStanding)
  },
})

export default group('service', 'let the system start the daemon', [install, uninstall, status])

/** A daemon that runs already would keep the service from starting. */
async function stopRunning({ folders, signal }: Context): Promise<void> {
  const running = await findDaemon(folders, signal)
  if (running !== undefined) await stopDaemon(running, folders, 'the system starts it from now on', signal)
}

function asLine(words: readonly string[]): string {
  return words.join(' ')
}

function print({ manager, file, commands, dryRun: isDry, remarks, text }: Done, terminal: Terminal): void {
  const mark = isDry ? styled('blue', '○ ') : styled('green', '✔ ')
  terminal.line(mark, styled('bold', file), styled('dim', `  for ${manager}`))
  for (const line of commands) terminal.line('  ', styled('cyan', line))
  for (const remark of remarks)
    for (const line of wrap(remark, terminal.width - 2)) terminal.line('  ', styled('yellow', line))
  if (text !== undefined) for (const line of ['', ...text.trimEnd().split('\n')]) terminal.line(line)
}

const words: Record<ServiceFile, string> = {
  absent: 'It is not installed; `aios service install` installs it.',
  current: 'It is installed.',
  outdated: 'It is installed by another aios, or for another home: run `aios service install` again.',
  foreign: 'The file is there, and was not written by aios.',
}

function printStanding({ manager, file, state, runs }: Standing, terminal: Terminal): void {
  terminal.line(styled('bold', file), styled('dim', `  for ${manager}`))
  terminal.line(words[state])
  terminal.line(runs ? styled('green', 'It runs.') : styled('dim', 'It does not run.'))
}
