import { AiosError } from '../../contract/errors.ts'
import type { StateFolders } from '../../contract/state.ts'
import { daemonArguments, daemonEnvironment } from '../start.ts'

/** What a service manager starts. */
export interface ServiceProgram {
  /** The program and its arguments; the program is a whole path. */
  readonly words: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly logFile: string
}

/** Names that say where things lie, and so must be the same for the daemon and the commands that look for it. */
const places = /^(PATH|LANG|AIOS_HOME|XDG_(STATE|CONFIG)_HOME|XDG_RUNTIME_DIR|GIT_CONFIG_\w+|MALLOC_\w+)$/

/** Returns the daemon as a service manager starts it: as `aios daemon start` does, and with whole paths. */
export function serviceProgram(environment: NodeJS.ProcessEnv, { logFile }: StateFolders): ServiceProgram {
  const words = [process.execPath, ...daemonArguments()]
  const kept = Object.entries(daemonEnvironment(environment)).flatMap(([name, value]): [string, string][] =>
    places.test(name) && value !== undefined ? [[name, value]] : [],
  )
  for (const text of [...words, ...kept.flat(), logFile]) refuseControls(text)
  return { words, environment: Object.fromEntries(kept), logFile }
}

/** A line break would begin a line of its own in what is written for the service manager. */
function refuseControls(text: string): void {
  if (/\p{Cc}/u.test(text))
    throw new AiosError('service.unsupported', `A service cannot be given ${JSON.stringify(text)}.`)
}
