import { stat } from 'node:fs/promises'
import { AiosError } from '../../contract/errors.ts'
import type { Git, GitOptions } from './git.ts'
import { type Layout, locateWithGit, locateWithoutGit } from './locate.ts'
import { rememberingHead } from './head-memo.ts'
import { gitObjects, type RepositoryObjects } from './objects.ts'
import { portableRepository } from './portable-repository.ts'
import { type Head, readHead, readRefs, type Ref, resolveRevision } from './refs.ts'
import { readWorktreeHeads } from './worktree-heads.ts'

/** A repository that is read, and never written. */
export interface Repository extends Layout, RepositoryObjects {
  /** The git that reads it; undefined when isomorphic-git has to do. */
  readonly git: Git | undefined
  head(signal?: AbortSignal): Promise<Head>
  refs(signal?: AbortSignal): Promise<Ref[]>
  /** Returns the commits that the heads of all worktrees are at, given what `refs` returned. */
  worktreeHeads(refs: readonly Ref[], signal?: AbortSignal): Promise<string[]>
  /** Returns each commit that history is read from: all refs and all heads. */
  tips(signal?: AbortSignal): Promise<string[]>
  /** Returns the commit that a revision names; fails with `revision.unknown` or `revision.ambiguous`. */
  resolve(revision: string, signal?: AbortSignal): Promise<string>
  /** Says whether the first commit can be reached from the second; a commit is its own ancestor. */
  isAncestor(ancestor: string, descendant: string, signal?: AbortSignal): Promise<boolean>
}

/** Opens the repository that a folder belongs to, with git or, where there is none, without. */
export async function openRepository(path: string, git: Git | undefined): Promise<Repository> {
  if (git === undefined) return portableRepository(await locateWithoutGit(path))
  return gitRepository(await locateWithGit(path, git), git)
}

/**
 * Returns where git is to run for a repository.
 *
 * Git is told which repository it is, and where its worktree: to let it look for them would be to let the
 * configuration, or another repository around it, decide anew what is read.
 */
export function placeOf({ root, gitDir, isBare, strayWorktree }: Layout, signal?: AbortSignal): GitOptions {
  const workTree = isBare && strayWorktree === undefined ? undefined : root
  return { cwd: root, gitDir, workTree, bare: isBare, signal }
}

/** Returns the repository's git, or fails with `repository.needs-git`. */
export function gitOf(repository: Pick<Repository, 'git'>, what: string): Git {
  if (repository.git !== undefined) return repository.git
  throw new AiosError('repository.needs-git', `There is no git on PATH, and ${what} needs it.`)
}

function gitRepository(layout: Layout, git: Git): Repository {
  const inPlace = async <T>(signal: AbortSignal | undefined, read: (where: GitOptions) => Promise<T>) => {
    try {
      return await read(placeOf(layout, signal))
    } catch (cause) {
      throw await explained(layout, cause)
    }
  }

  const repository: Repository = {
    ...layout,
    ...gitObjects(git, inPlace),
    git,
    head: rememberingHead(layout, (signal) => inPlace(signal, (where) => readHead(git, where))),
    refs: (signal) => inPlace(signal, (where) => readRefs(git, where)),
    worktreeHeads: (refs, signal) => inPlace(signal, (where) => readWorktreeHeads(git, where, layout, refs)),
    async tips(signal) {
      const refs = await repository.refs(signal)
      const heads = await repository.worktreeHeads(refs, signal)
      return [...new Set([...refs.map(({ oid }) => oid), ...heads])]
    },
    resolve: (revision, signal) => inPlace(signal, (where) => resolveRevision(git, where, revision)),
    isAncestor: (ancestor, descendant, signal) =>
      inPlace(signal, async (where) => {
        const args = ['merge-base', '--is-ancestor', '--end-of-options', ancestor, descendant]
        const { code, stderr } = await git.run(args, where)
        if (code > 1) throw new AiosError('revision.unknown', stderr.trim())
        return code === 0
      }),
  }
  return repository
}

/** Returns `repository.missing` for a failure that happened because the repository is no longer there. */
async function explained({ gitDir }: Layout, cause: unknown): Promise<unknown> {
  const isThere = await stat(gitDir).then(
    () => true,
    () => false,
  )
  if (isThere) return cause
  return new AiosError('repository.missing', `The repository ${gitDir} is no longer there.`, { cause })
}
