import { execFile } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Story } from './story.ts'
import { commandProgram } from '../programs.ts'

/** How a command ended. */
export interface Ended {
  readonly stdout: string
  readonly stderr: string
  readonly exit: number
}

/** A home and a repository of their own, where the commands of one story run. */
export interface Stage {
  run(command: string): Promise<Ended>
  /** Stops the daemon; returns the processes of this home that are still there when that is done. */
  clear(): Promise<string[]>
}

/** Moments of commits: a story's first one, and a minute later for each command. */
const firstMoment = 1_714_550_400

/** Prepares the stage; the story's files lie in the repository, staged and not yet committed. */
export async function setStage({ files }: Story): Promise<Stage> {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'story-')))
  const repository = join(home, 'tide')
  const programs = join(home, 'bin')
  for (const folder of [repository, programs]) mkdirSync(folder)
  const program = join(programs, 'aios')
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${commandProgram}' "$@"\n`)
  chmodSync(program, 0o755)
  for (const { path, text } of files) {
    mkdirSync(dirname(join(repository, path)), { recursive: true })
    writeFileSync(join(repository, path), text)
  }

  let moment = firstMoment
  const environment = { ...process.env, HOME: home, AIOS_HOME: join(home, 'aios') }
  const run = async (command: string): Promise<Ended> => {
    const date = `${(moment += 60)} +0000`
    return shell(command, repository, {
      ...environment,
      PATH: `${programs}:${process.env['PATH']}`,
      COLUMNS: '100',
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_DATE: date,
    })
  }
  await run('git init --quiet && git add --all')

  return {
    run,
    async clear() {
      await run('aios daemon stop')
      return stillThere(`AIOS_HOME=${environment.AIOS_HOME}`)
    },
  }
}

async function shell(command: string, cwd: string, env: NodeJS.ProcessEnv): Promise<Ended> {
  try {
    const { stdout, stderr } = await promisify(execFile)('sh', ['-c', command], { cwd, env, timeout: 60_000 })
    return { stdout, stderr, exit: 0 }
  } catch (error) {
    if (!isEnded(error)) throw error
    return { stdout: error.stdout, stderr: error.stderr, exit: error.code }
  }
}

function isEnded(error: unknown): error is { stdout: string; stderr: string; code: number } {
  return error instanceof Error && 'stdout' in error && 'code' in error && typeof error.code === 'number'
}

/** Returns the processes whose environment names this home, once they have had time to end. */
async function stillThere(variable: string): Promise<string[]> {
  for (let attempt = 0; attempt < 50; attempt++) {
    if (processesWith(variable).length === 0) return []
    await new Promise((done) => setTimeout(done, 100))
  }
  return processesWith(variable)
}

function processesWith(variable: string): string[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc').filter((name) => {
    try {
      return (
        /^\d+$/.test(name) && readFileSync(`/proc/${name}/environ`, 'utf8').split('\0').includes(variable)
      )
    } catch {
      return false
    }
  })
}
