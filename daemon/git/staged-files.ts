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
  /** The blob in the index; all zeros when the file is deleted. */
  readonly oid: string
  /** The blob in HEAD; absent when there is none. */
  readonly oldOid?: string
  readonly size: number
}

/** A repository and one of its indexes. */
export interface IndexPlace {
  readonly gitDir: string
  /** The git folder that all worktrees share. */
  readonly commonDir: string
  readonly indexFile: string
}

/** Submodules stand in the index as commits, which have no size. */
const submodule = '160000'

/**
 * Returns what the next commit would change, from the index that git is about to commit.
 *
 * No file of the worktree is read, and none is written: git is not told where it is.
 */
export async function readStagedFiles(
  git: Git,
  place: IndexPlace,
  signal: AbortSignal,
): Promise<StagedFile[]> {
  const where = optionsOf(place, signal)
  return sizesOf(await diffIndex(git, where), (oids) => askSizes(oids, git, where))
}

/**
 * Returns the patch from HEAD to what is staged, without context and with whole ids; undefined before the first
 * commit, and when it has more than so many bytes.
 */
export async function readStagedPatch(
  git: Git,
  place: IndexPlace,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const args = ['diff-index', '--cached', '-p', '-U0', '--full-index', '-M', ...diffArguments]
  // A byte more than may be tells a patch that was cut from one that ends there.
  const where = { ...optionsOf(place, signal), maxBytes: maxBytes + 1 }
  const { code, stdout } = await git.run([...args, '--end-of-options', 'HEAD'], where)
  return code === 0 && stdout.length <= maxBytes ? stdout : undefined
}

/** What is known of an object by its name. */
type SizeOf = { readonly size: number } | undefined

/** Returns the files with the sizes of their blobs, asked for once; 0 for what has none. */
export async function sizesOf(
  files: readonly Omit<StagedFile, 'size'>[],
  ask: (oids: readonly string[]) => Promise<readonly SizeOf[]>,
): Promise<StagedFile[]> {
  const hasSize = ({ mode, status }: Pick<StagedFile, 'mode' | 'status'>) =>
    mode !== submodule && status !== 'deleted'
  const oids = [...new Set(files.filter(hasSize).map(({ oid }) => oid))]
  const found = oids.length === 0 ? [] : await ask(oids)
  const sizes = new Map(oids.map((oid, at) => [oid, found[at]?.size]))
  return files.map((file) => ({ ...file, size: sizes.get(file.oid) ?? 0 }))
}

async function askSizes(oids: readonly string[], git: Git, where: GitOptions): Promise<SizeOf[]> {
  const input = `${oids.join('\n')}\n`
  const args = ['cat-file', '--batch-check=%(objectsize)', '--buffer']
  const lines = (await git.text(args, { ...where, input })).split('\n')
  return oids.map((_, at) => (/^\d+$/.test(lines[at] ?? '') ? { size: Number(lines[at]) } : undefined))
}

function optionsOf({ gitDir, indexFile }: IndexPlace, signal: AbortSignal): GitOptions {
  return { cwd: gitDir, signal, env: { GIT_DIR: gitDir, GIT_INDEX_FILE: indexFile } }
}

async function diffIndex(git: Git, where: GitOptions): Promise<Omit<StagedFile, 'size'>[]> {
  const command = ['diff-index', '--cached', '-z', '--raw', '--no-abbrev', '-M', ...diffArguments]
  const against = async (tree: string) => git.run([...command, '--end-of-options', tree], where)
  let { code, stdout, stderr } = await against('HEAD')
  // Before the first commit there is no HEAD; the name of the empty tree depends on how the repository hashes. Whatever
  // else fails, as for a lost blob, does not make every file a new one.
  if (code !== 0 && !(await hasHead(git, where))) {
    const tree = await git.text(['hash-object', '-t', 'tree', '--stdin'], where)
    ;({ code, stdout, stderr } = await against(tree.trim()))
  }
  if (code !== 0) throw gitFailed(command, stderr, code)
  return stagedFilesIn(stdout)
}

async function hasHead(git: Git, where: GitOptions): Promise<boolean> {
  return (await git.run(['rev-parse', '--verify', '--quiet', '--end-of-options', 'HEAD'], where)).code === 0
}

/** Returns the files that git's raw records tell of, less those that are unmerged, of which git commits nothing. */
export function stagedFilesIn(records: Buffer): Omit<StagedFile, 'size'>[] {
  const files: Omit<StagedFile, 'size'>[] = []
  let parsed = parseRawRecord(records, 0)
  while (parsed !== undefined) {
    const { path, oldPath, status, newMode, newOid, oldOid } = parsed.record.change
    if (status !== 'unmerged') {
      const before = {
        ...(oldPath === undefined ? {} : { oldPath }),
        ...(/^0+$/.test(oldOid) ? {} : { oldOid }),
      }
      files.push({ path, ...before, status, mode: newMode, oid: newOid })
    }
    parsed = parseRawRecord(records, parsed.end)
  }
  return files
}
