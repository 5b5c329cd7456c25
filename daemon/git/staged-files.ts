import type { ChangeStatus } from '../../contract/commit.ts'
import { type Git, gitFailed, type GitOptions } from './git.ts'
import { parseRawRecord } from './raw-parser.ts'
import { diffArguments } from './settings.ts'

/** A file of the next commit, as it stands in the index: its content is the blob, wherever the worktree is. */
export interface StagedFile {
  readonly path: string
  readonly oldPath?: string
  readonly status: Exclude<ChangeStatus, 'unmerged'>
  readonly mode: string
  /** The blob in the index; of a deleted file, the one that it was. */
  readonly oid: string
  readonly size: number
}

/** A repository and one of its indexes. */
export interface IndexPlace {
  readonly gitDir: string
  readonly indexFile: string
}

/** Submodules stand in the index as commits, which have no size. */
const submodule = '160000'

/**
 * Returns what the next commit would change, from the index that git is about to commit.
 *
 * No file of the worktree is read, and none is written: neither process below knows where it is.
 */
export async function readStagedFiles(
  git: Git,
  place: IndexPlace,
  signal: AbortSignal,
): Promise<StagedFile[]> {
  const where = optionsOf(place, signal)
  // Begun together, because starting a process is most of what each of them takes.
  const sizes = git.start(['cat-file', '--batch-check=%(objectsize)', '--buffer'], where)
  try {
    const files = await diffIndex(git, where)
    const measured = files.filter(({ mode }) => mode !== submodule)
    const text = collect(sizes.stdout)
    sizes.stdin.end(measured.map(({ oid }) => `${oid}\n`).join(''))
    const lines = (await text).split('\n')
    const sizeOf = new Map(measured.map(({ oid }, at) => [oid, Number.parseInt(lines[at] ?? '', 10)]))
    return files.map((file) => ({ ...file, size: sizeOf.get(file.oid) || 0 }))
  } finally {
    sizes.kill()
    await sizes.ended
  }
}

function optionsOf({ gitDir, indexFile }: IndexPlace, signal: AbortSignal): GitOptions {
  return { cwd: gitDir, signal, env: { GIT_DIR: gitDir, GIT_INDEX_FILE: indexFile } }
}

async function diffIndex(git: Git, where: GitOptions): Promise<Omit<StagedFile, 'size'>[]> {
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
    const { path, oldPath, status, oldMode, newMode, oldOid, newOid } = parsed.record.change
    const isGone = status === 'deleted'
    // Git commits nothing while a path is unmerged.
    if (status !== 'unmerged') {
      files.push({
        path,
        ...(oldPath === undefined ? {} : { oldPath }),
        status,
        mode: isGone ? oldMode : newMode,
        oid: isGone ? oldOid : newOid,
      })
    }
    parsed = parseRawRecord(stdout, parsed.end)
  }
  return files
}

async function collect(stream: AsyncIterable<unknown>): Promise<string> {
  let text = ''
  for await (const piece of stream) text += String(piece)
  return text
}
