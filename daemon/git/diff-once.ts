import type { CommitPatch } from '../../contract/commit.ts'
import { limits } from '../../contract/limits.ts'
import type { ParsedCommit } from './commit-assembler.ts'
import { createDiffParser, marker } from './diff-parser.ts'
import { gitFailed } from './git.ts'
import { patchArguments, patchOf } from './history.ts'
import { isOid } from './oid.ts'
import { gitOf, placeOf, type Repository } from './repository.ts'
import { diffArguments } from './settings.ts'

/**
 * Returns the patch id that one commit would have which did everything between two commits.
 *
 * Undefined when nothing was done.
 */
export async function unionPatchId(
  repository: Repository,
  base: string,
  tip: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const commit = await diffOnce(repository, tip, ['--end-of-options', base, tip], 0, signal)
  return commit?.patchId
}

/** Returns a commit's hunks of these paths alone, for commits that touch many others. */
export async function readPathsOf(
  repository: Repository,
  oid: string,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<CommitPatch | undefined> {
  if (!isOid(oid)) return undefined
  const selection = ['--root', '--no-commit-id', '--end-of-options', oid, '--', ...paths]
  const commit = await diffOnce(repository, oid, selection, limits.hunkBytesPerFile, signal)
  return commit === undefined ? undefined : patchOf(commit)
}

/** Runs one comparison to its end. */
async function diffOnce(
  repository: Repository,
  oid: string,
  selection: readonly string[],
  maxHunkBytes: number,
  signal: AbortSignal | undefined,
): Promise<ParsedCommit | undefined> {
  const git = gitOf(repository, 'comparing commits')
  const shape = ['-r', '-z', '--raw', '--no-abbrev', ...patchArguments, ...diffArguments]
  const args = ['--literal-pathspecs', 'diff-tree', ...shape, ...selection]
  const process = git.start(args, placeOf(repository, signal))
  const found: ParsedCommit[] = []
  const parse = createDiffParser({
    fields: 1,
    maxHunkBytes,
    onCommit: (commit) => found.push(commit),
    onMarker: () => {},
  })
  // The parser is told whose the hunks are, as the held-open processes tell it.
  parse(Buffer.from(`\u0001${oid}\0`))
  process.stdout.on('data', parse)
  const { code, stderr } = await process.ended
  signal?.throwIfAborted()
  if (code !== 0) throw gitFailed(args, stderr, code)
  parse(Buffer.from(marker))
  return found[0]
}
