import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../../cli/run.ts'
import type { Answers } from '../../contract/route.ts'
import type { routes } from '../../contract/routes.ts'
import { stateFolders } from '../../contract/state.ts'
import type { ServerParts } from '../../daemon/http/serve.ts'
import { answersWith } from './answers.ts'
import { serve } from './served.ts'

/** What a command printed, and its exit code. */
export interface Ran {
  readonly stdout: string
  readonly stderr: string
  readonly exit: number
}

/** How a command is run: its terminal's width and whether there is one, and its environment. */
export interface Setting {
  readonly columns?: number
  readonly isTTY?: boolean
  readonly environment?: NodeJS.ProcessEnv
  readonly signal?: AbortSignal
  /** Told of everything as it is printed. */
  readonly onPrint?: (text: string) => void
}

/** Returns a home where a daemon with these answers runs. */
export async function homeWith(
  some: Partial<Answers<typeof routes>> = {},
  parts: Pick<ServerParts, 'work'> = {},
): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), 'home-'))
  const folders = stateFolders({ AIOS_HOME: home })
  mkdirSync(folders.runtime, { recursive: true, mode: 0o700 })
  const answers = answersWith(some)
  await serve(some, { ...parts, socket: folders.socket })
  const { ready: _ready, ...identity } = await answers.identity({}, new AbortController().signal)
  const service = { ...identity, socket: folders.socket, url: '', startedAt: new Date().toISOString() }
  writeFileSync(folders.serviceFile, JSON.stringify(service), { mode: 0o600 })
  return home
}

/** Returns the `aios` command, in a home where a daemon with these answers runs. */
export async function commandLine(
  some: Partial<Answers<typeof routes>> = {},
  parts: Pick<ServerParts, 'work'> = {},
) {
  const home = await homeWith(some, parts)
  return async (argv: readonly string[], setting: Setting = {}): Promise<Ran> => {
    const { columns = 80, isTTY = false, environment = {}, signal = new AbortController().signal } = setting
    const { onPrint = () => {} } = setting
    const printed = { stdout: '', stderr: '' }
    const screen = (name: 'stdout' | 'stderr') => ({
      columns,
      isTTY,
      write(text: string) {
        printed[name] += text
        onPrint(text)
      },
    })
    const exit = await run(
      argv,
      {
        env: { AIOS_HOME: home, ...environment },
        stdout: screen('stdout'),
        stderr: screen('stderr'),
        cwd: () => home,
      },
      signal,
    )
    return { ...printed, exit }
  }
}
