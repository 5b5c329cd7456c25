import type { CommitHeader } from '../../contract/commit.ts'
import { AiosError } from '../../contract/errors.ts'
import { type Git, gitFailed, type GitOptions } from './git.ts'
import { parseCommitObject } from './commit-object.ts'
import { checkedOid } from './oid.ts'

/** The first bytes of a file in history. */
export interface BlobContent {
  readonly content: Buffer
  readonly truncated: boolean
}

/** Single objects of a repository. */
export interface RepositoryObjects {
  /** Returns at most so many bytes of a blob, named by its id or as `commit:path`. */
  readBlob(name: string, options: { readonly maxBytes: number }, signal?: AbortSignal): Promise<BlobContent>
  /** Returns a commit without the paths it touched. */
  readCommit(oid: string, signal?: AbortSignal): Promise<Omit<CommitHeader, 'changes'>>
}

/** Runs a reader where the repository is. */
type InPlace = <T>(signal: AbortSignal | undefined, read: (where: GitOptions) => Promise<T>) => Promise<T>

/** Returns readers of single objects. Git reads them, since isomorphic-git loads whole packs into memory. */
export function gitObjects(git: Git, inPlace: InPlace): RepositoryObjects {
  return {
    readBlob: (name, { maxBytes }, signal) =>
      inPlace(signal, async (where) => {
        const content = await catFile(git, where, 'blob', name, maxBytes + 1)
        return { content: content.subarray(0, maxBytes), truncated: content.length > maxBytes }
      }),
    readCommit: (oid, signal) =>
      inPlace(signal, async (where) =>
        parseCommitObject(oid, await catFile(git, where, 'commit', checkedOid(oid))),
      ),
  }
}

async function catFile(
  git: Git,
  where: GitOptions,
  type: string,
  name: string,
  maxBytes?: number,
): Promise<Buffer> {
  if (name.includes('\0')) throw unknownObject(type, name)
  const limit = maxBytes === undefined ? {} : { maxBytes }
  const { code, stdout, stderr } = await git.run(['cat-file', '--end-of-options', type, name], {
    ...where,
    ...limit,
  })
  if (code === 0) return stdout
  if (/not a valid object name|does not exist|bad file|could not get object info/i.test(stderr)) {
    throw unknownObject(type, name)
  }
  if (/corrupt|loose object|inflate|unable to read/i.test(stderr)) {
    throw new AiosError('repository.unreadable', `The ${type} ${name} cannot be read: ${stderr.trim()}`)
  }
  throw gitFailed(['cat-file', type], stderr, code)
}

function unknownObject(type: string, name: string): AiosError {
  return new AiosError('revision.unknown', `There is no ${type} ${JSON.stringify(name)} in this repository.`)
}
