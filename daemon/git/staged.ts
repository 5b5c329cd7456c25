import { AiosError } from '../../contract/errors.ts'
import { gitFailed } from './git.ts'
import { parseRawRecord } from './raw-parser.ts'
import { portableFiles } from './portable-history.ts'
import { pathText } from './path-text.ts'
import { unknownRevision } from './refs.ts'
import { gitOf, placeOf, type Repository } from './repository.ts'
import { diffArguments } from './settings.ts'

const emptyTrees = {
  sha1: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  sha256: '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
}

/** Returns the paths that the next commit would change; before the first commit, all that are staged. */
export async function stagedPaths(repository: Repository, signal?: AbortSignal): Promise<string[]> {
  const { oid = emptyTrees[repository.objectFormat] } = await repository.head(signal)
  return rawPaths(repository, ['diff-index', '--cached'], [oid], signal)
}

/**
 * Returns the paths that differ between the two sides of a range.
 *
 * `a..b` compares both, `a...b` compares b with what it has in common with a, and `a` alone is `a..HEAD`.
 */
export async function changedPaths(
  repository: Repository,
  range: string,
  signal?: AbortSignal,
): Promise<string[]> {
  const [, from = '', dots = '..', to = ''] = /^(.*?)(?:(\.{2,3})(.*))?$/s.exec(range) ?? []
  if (range === '') throw unknownRevision(range)
  const base = await repository.resolve(from === '' ? 'HEAD' : from, signal)
  const tip = await repository.resolve(to === '' ? 'HEAD' : to, signal)
  const start = dots === '...' ? await mergeBase(repository, base, tip, signal) : base
  return rawPaths(repository, ['diff-tree', '-r'], [start, tip], signal)
}

/** Returns every path of the commit that is checked out; none before the first commit. */
export async function filesAtHead(
  repository: Repository,
  signal?: AbortSignal,
): Promise<ReadonlySet<string>> {
  const { oid } = await repository.head(signal)
  if (oid === undefined) return new Set()
  const { git } = repository
  if (git === undefined) return portableFiles(repository, oid)
  const args = ['ls-tree', '-r', '-z', '--name-only', '--full-tree', oid]
  const { code, stdout, stderr } = await git.run(args, placeOf(repository, signal))
  if (code !== 0) throw gitFailed(args, stderr, code)
  const paths = new Set<string>()
  for (let from = 0, end = 0; (end = stdout.indexOf(0, from)) >= 0; from = end + 1) {
    paths.add(pathText(stdout.subarray(from, end)))
  }
  return paths
}

async function rawPaths(
  repository: Repository,
  command: readonly string[],
  revisions: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const git = gitOf(repository, 'comparing files')
  const shape = ['-z', '--raw', '--no-abbrev', '-M', ...diffArguments, '--end-of-options']
  const args = [...command, ...shape, ...revisions]
  const { code, stdout, stderr } = await git.run(args, placeOf(repository, signal))
  if (code !== 0) throw gitFailed(args, stderr, code)
  const paths = new Set<string>()
  let parsed = parseRawRecord(stdout, 0)
  while (parsed !== undefined) {
    paths.add(parsed.record.change.path)
    parsed = parseRawRecord(stdout, parsed.end)
  }
  return [...paths]
}

async function mergeBase(
  repository: Repository,
  one: string,
  other: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const git = gitOf(repository, 'comparing commits')
  const { code, stdout } = await git.run(['merge-base', one, other], placeOf(repository, signal))
  if (code === 0) return stdout.toString('utf8').trim()
  throw new AiosError('revision.unknown', `${one} and ${other} have no commit in common.`)
}
