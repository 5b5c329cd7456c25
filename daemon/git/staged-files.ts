import type { ChangeStatus } from '../../contract/commit.ts'
import { type Git, gitFailed, type GitOptions } from './git.ts'
import { looseSize } from './loose-size.ts'
import { parseRawRecord } from './raw-parser.ts'
import { diffArguments } from './settings.ts'

/** A file of the next commit, as it stands in the index: its content is the blob, wherever the worktree is. */
export interface StagedFile {
  readonly path: string
  readonly oldPath?: string
  readonly status: Exclude<ChangeStatus, 'unmerged'>
  readonly mode: string
  /** The blob in the index; all zeros when the file is deleted. */
  readonly oid: string
  /** The blob in HEAD; absent when there is none. */
  readonly oldOid?: string
  readonly size: number
}

/** A repository and one of its indexes. */
export interface IndexPlace {
  readonly gitDir: string
  readonly indexFile: string
  /** Where its objects lie. */
  readonly objects: string
}

/** Whoever runs git for it. */
type AskedGit = Pick<Git, 'run' | 'text'>

/** Submodules stand in the index as commits, which have no size. */
const submodule = '160000'

/** With more files than these, git is asked for all sizes at once. */
const mostLoose = 200

/**
 * Returns what the next commit would change, from the index that git is about to commit.
 *
 * No file of the worktree is read, and none is written: git is not told where it is.
 */
export async function readStagedFiles(
  git: AskedGit,
  place: IndexPlace,
  signal: AbortSignal,
): Promise<StagedFile[]> {
  const where = optionsOf(place, signal)
  const files = await diffIndex(git, where)
  const blobs = [
    ...new Set(
      files.filter(({ mode, status }) => mode !== submodule && status !== 'deleted').map(({ oid }) => oid),
    ),
  ]
  const sizes = new Map<string, number>()
  // Starting another process is most of what asking git would take.
  for (const oid of blobs.slice(0, mostLoose)) {
    const size = looseSize(place.objects, oid)
    if (size !== undefined) sizes.set(oid, size)
  }
  const others = blobs.filter((oid) => !sizes.has(oid))
  if (others.length > 0) await askSizes(others, git, where, sizes)
  return files.map((file) => ({ ...file, size: sizes.get(file.oid) ?? 0 }))
}

async function askSizes(
  oids: readonly string[],
  git: AskedGit,
  where: GitOptions,
  sizes: Map<string, number>,
): Promise<void> {
  const input = `${oids.join('\n')}\n`
  const lines = (
    await git.text(['cat-file', '--batch-check=%(objectsize)', '--buffer'], { ...where, input })
  ).split('\n')
  for (const [at, oid] of oids.entries()) {
    const size = Number(lines[at])
    if (Number.isSafeInteger(size)) sizes.set(oid, size)
  }
}

function optionsOf({ gitDir, indexFile }: IndexPlace, signal: AbortSignal): GitOptions {
  return { cwd: gitDir, signal, env: { GIT_DIR: gitDir, GIT_INDEX_FILE: indexFile } }
}

async function diffIndex(git: AskedGit, where: GitOptions): Promise<Omit<StagedFile, 'size'>[]> {
  const command = ['diff-index', '--cached', '-z', '--raw', '--no-abbrev', '-M', ...diffArguments]
  const against = async (tree: string) => git.run([...command, '--end-of-options', tree], where)
  let { code, stdout, stderr } = await against('HEAD')
  // Before the first commit there is no HEAD; the name of the empty tree depends on how the repository hashes.
  if (code !== 0) {
    const tree = await git.text(['hash-object', '-t', 'tree', '--stdin'], where)
    ;({ code, stdout, stderr } = await against(tree.trim()))
  }
  if (code !== 0) throw gitFailed(command, stderr, code)
  const files: Omit<StagedFile, 'size'>[] = []
  let parsed = parseRawRecord(stdout, 0)
  while (parsed !== undefined) {
    const { path, oldPath, status, newMode, newOid, oldOid } = parsed.record.change
    // Git commits nothing while a path is unmerged.
    if (status !== 'unmerged') {
      const before = {
        ...(oldPath === undefined ? {} : { oldPath }),
        ...(/^0+$/.test(oldOid) ? {} : { oldOid }),
      }
      files.push({ path, ...before, status, mode: newMode, oid: newOid })
    }
    parsed = parseRawRecord(stdout, parsed.end)
  }
  return files
}
