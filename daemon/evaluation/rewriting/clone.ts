import { mkdir, writeFile } from 'node:fs/promises'
import { devNull } from 'node:os'
import { join } from 'node:path'
import { gitOf, openRepository, placeOf, type Repository } from '../../git/repository.ts'

/** A clone of the newest commits in which history may be rewritten: what it adds lies in a folder of its own. */
export interface Clone {
  readonly repository: Repository
  /** Commits that are no merges, newest first. */
  readonly commits: readonly string[]
  /** Runs git in it and returns what it printed, without the last newline. */
  git(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<string>
  /** Does the same, and says only whether it succeeded. */
  tries(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<boolean>
  /** Moves the clock on; commits in between share their second. */
  pass(seconds: number): void
}

/** How far back the clone goes: what is rewritten lies on top of it. */
const depth = 300

/** No setting of the user's may sign, filter or hook what is committed here. */
const settings = [
  'commit.gpgSign=false',
  'merge.renames=true',
  'advice.detachedHead=false',
  'core.autocrlf=false',
]
const ownEnvironment = { GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_NOSYSTEM: '1', GIT_EDITOR: 'true' }

/**
 * Makes a clone that borrows all objects, and copies none.
 *
 * Nothing is written into the repository that is cloned. Undefined when it has no commits.
 */
export async function makeClone(
  source: Repository,
  folder: string,
  signal: AbortSignal,
): Promise<Clone | undefined> {
  const { oid: head } = await source.head(signal)
  if (head === undefined) return undefined
  const git = gitOf(source, 'an evaluation')
  const list = ['rev-list', '--parents', `--max-count=${depth}`, '--end-of-options', head]
  const listed = (await git.text(list, placeOf(source, signal)))
    .trim()
    .split('\n')
    .map((line) => line.split(' '))
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const format = head.length === 64 ? 'sha256' : 'sha1'
  const init = ['init', '--quiet', '--initial-branch=main', `--object-format=${format}`, folder]
  await git.text(init, { cwd: folder, signal, env: ownEnvironment })
  const gitDir = join(folder, '.git')
  await writeFile(join(gitDir, 'objects', 'info', 'alternates'), `${join(source.commonDir, 'objects')}\n`)
  await writeFile(
    join(gitDir, 'shallow'),
    endsOf(listed)
      .map((oid) => `${oid}\n`)
      .join(''),
  )
  let clock = 1_900_000_000
  const where = (env: Readonly<Record<string, string>>) => ({
    cwd: folder,
    gitDir,
    workTree: folder,
    signal,
    settings,
    env: { ...ownEnvironment, ...identityAt(clock), ...env },
  })
  const run: Clone['git'] = async (args, env = {}) => (await git.text(args, where(env))).replace(/\n$/, '')
  await run(['update-ref', 'refs/heads/main', head])
  await run(['reset', '--quiet', '--hard', 'main'])
  return {
    repository: await openRepository(folder, git),
    commits: listed.filter(({ length }) => length === 2).flatMap(([oid]) => oid ?? []),
    git: run,
    tries: async (args, env = {}) => (await git.run(args, where(env))).code === 0,
    pass: (seconds) => void (clock += seconds),
  }
}

/** Returns the commits whose parents are not among those that were listed: there the clone ends. */
function endsOf(listed: readonly (readonly string[])[]): string[] {
  const inside = new Set(listed.map(([oid]) => oid))
  return listed
    .filter(([, ...parents]) => parents.some((parent) => !inside.has(parent)))
    .flatMap(([oid]) => oid ?? [])
}

function identityAt(clock: number): Record<string, string> {
  return {
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
    GIT_AUTHOR_DATE: `${clock} +0000`,
    GIT_COMMITTER_DATE: `${clock} +0000`,
  }
}
