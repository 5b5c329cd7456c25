import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { AiosError } from '../../contract/errors.ts'
import { gitFailed, type GitResult } from './git.ts'
import { unquotedPath } from './path-text.ts'
import { shallowCommits } from './shallow.ts'
import { gitOf, placeOf, type Repository } from './repository.ts'

/** A line of a file, and the commit that it comes from. */
export interface BlamedLine {
  readonly oid: string
  /** Its number in the file as it is at the revision asked for. */
  readonly line: number
  /** Where the file was in that commit. */
  readonly path: string
  readonly text: string
  /** Its number in the file as it is in that commit. */
  readonly born: number
  /** When that commit was made, in seconds. */
  readonly time: number
  /** Where the file was before that commit; absent when the commit made it. */
  readonly previous?: { readonly oid: string; readonly path: string }
  /** Whether history ends at that commit because the clone is shallow, so the line may be older. */
  readonly boundary: boolean
}

/** A file at a revision, HEAD when none is named. */
export interface FileAt {
  /** As the repository names it. */
  readonly path: string
  readonly revision?: string
}

/** Lines of a file, from first to last, both included; without them, the whole file. */
export interface LinesAt extends FileAt {
  readonly start?: number
  readonly end?: number
}

/** Commits that a history of one file goes back. */
const mostCommits = 200

const ignoreFile = '.git-blame-ignore-revs'

/**
 * Returns which commit each line comes from, white space and moves within a commit seen through.
 *
 * Commits that the repository asks to ignore are passed over: those of `blame.ignoreRevsFile`, or of
 * `.git-blame-ignore-revs` at the top. There are none when the file has no such lines.
 */
export async function blameLines(
  repository: Repository,
  lines: LinesAt,
  signal?: AbortSignal,
): Promise<BlamedLine[]> {
  if (lines.path === '') throw notAFile()
  const revision = await repository.resolve(lines.revision ?? 'HEAD', signal)
  const first = await blame(repository, lines, revision, await ignoring(repository, signal), signal)
  const isListBroken = first.code !== 0 && /object name|revisions? (list|file)|ignore/i.test(first.stderr)
  const result = isListBroken
    ? await blame(repository, lines, revision, ['--ignore-revs-file='], signal)
    : first
  if (isBeyondTheEnd(result)) return []
  if (result.code !== 0) throw failed(['blame'], lines.path, result)
  const ends = await shallowCommits(repository.commonDir)
  return parseBlame(result.stdout.toString('utf8'), ends)
}

/** Commits that touched something, newest first. */
export interface Touching {
  readonly oids: readonly string[]
  /** Whether the last of them is where it began; there may be older ones otherwise. */
  readonly complete: boolean
}

/** Returns the commits that touched this file, through renames; the newest few hundred. */
export async function fileHistory(
  repository: Repository,
  { path, revision = 'HEAD' }: FileAt,
  signal?: AbortSignal,
): Promise<Touching> {
  if (path === '') throw notAFile()
  const oid = await repository.resolve(revision, signal)
  const shape = ['--format=%H', `--max-count=${mostCommits}`, '--no-ext-diff', '--no-textconv', '--no-color']
  const args = ['log', ...shape, '--follow', '-M', '--end-of-options', oid, '--', path]
  const result = await gitOf(repository, 'the history of a file').run(args, placeOf(repository, signal))
  if (result.code !== 0) throw failed(args, path, result)
  const oids = result.stdout.toString('utf8').match(/^[0-9a-f]{40,64}$/gm) ?? []
  return { oids, complete: oids.length < mostCommits }
}

async function blame(
  repository: Repository,
  { path, start, end }: LinesAt,
  revision: string,
  options: readonly string[],
  signal: AbortSignal | undefined,
): Promise<GitResult> {
  const lines = start === undefined ? [] : [`-L${start},${end ?? ''}`]
  const shape = [
    '--line-porcelain',
    '--root',
    '-w',
    '-C',
    '--no-textconv',
    '--no-progress',
    '--encoding=UTF-8',
  ]
  const args = ['blame', ...shape, ...options, ...lines, revision, '--', path]
  return gitOf(repository, 'blame').run(args, placeOf(repository, signal))
}

/** Returns the option that names the commits to pass over, unless the configuration names them already. */
async function ignoring(repository: Repository, signal: AbortSignal | undefined): Promise<string[]> {
  const file = join(repository.root, ignoreFile)
  if (repository.isBare || !existsSync(file)) return []
  const args = ['config', '--get-all', 'blame.ignoreRevsFile']
  const { code } = await gitOf(repository, 'blame').run(args, placeOf(repository, signal))
  return code === 0 ? [] : [`--ignore-revs-file=${file}`]
}

function notAFile(): AiosError {
  return new AiosError('path.unknown', 'The top of the repository is not a file; name one.')
}

function isBeyondTheEnd({ code, stderr }: GitResult): boolean {
  return code !== 0 && /has only \d+ lines?/.test(stderr)
}

function failed(args: readonly string[], path: string, { stderr, code }: GitResult): AiosError {
  if (/no such path|There is no path|does not exist in|cannot stat/i.test(stderr)) {
    return new AiosError('path.unknown', `There is no file ${JSON.stringify(path)} at this revision.`)
  }
  return gitFailed(args, stderr, code)
}

function parseBlame(text: string, ends: ReadonlySet<string>): BlamedLine[] {
  const found: BlamedLine[] = []
  let heading: Heading | undefined
  let path = ''
  let time = 0
  let previous: BlamedLine['previous']
  for (const row of text.split('\n')) {
    if (heading === undefined) {
      heading = headingOf(row)
      previous = undefined
    } else if (row.startsWith('\t')) {
      const before = previous === undefined ? {} : { previous }
      found.push({ ...heading, path, text: row.slice(1), time, ...before, boundary: ends.has(heading.oid) })
      heading = undefined
    } else if (row.startsWith('filename ')) path = unquotedPath(row.slice('filename '.length))
    else if (row.startsWith('committer-time ')) time = Number(row.slice('committer-time '.length))
    else previous = previousOf(row) ?? previous
  }
  return found
}

type Heading = Pick<BlamedLine, 'oid' | 'born' | 'line'>

function headingOf(row: string): Heading | undefined {
  const [, oid, born, line] = /^([0-9a-f]{40,64}) (\d+) (\d+)/.exec(row) ?? []
  return oid === undefined ? undefined : { oid, born: Number(born), line: Number(line) }
}

function previousOf(row: string): BlamedLine['previous'] {
  const [, oid, path] = /^previous ([0-9a-f]{40,64}) (.*)$/.exec(row) ?? []
  return oid === undefined || path === undefined ? undefined : { oid, path: unquotedPath(path) }
}
