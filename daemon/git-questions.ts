import { limits } from '../contract/limits.ts'
import { blameLines, fileHistory } from './git/blame.ts'
import { lineHistory } from './git/line-history.ts'
import { repositoryPath } from './git/paths.ts'
import type { Repository } from './git/repository.ts'
import { changedPaths, filesAtHead, stagedPaths } from './git/staged.ts'
import { redactBlame } from './memory/redact-blame.ts'
import type { BlamedLine, LineHistory } from './memory/why.ts'

/** What questions ask of git itself, about one repository as it is now. */
export interface GitQuestions extends LineHistory {
  /** Returns a path as the repository names it; fails with `path.outside`. */
  pathInside(path: string): Promise<string>
  stagedPaths(signal: AbortSignal): Promise<string[]>
  rangePaths(range: string, signal: AbortSignal): Promise<string[]>
  currentPaths(signal: AbortSignal): Promise<ReadonlySet<string>>
  /** Returns those of the paths that HEAD has. */
  present(paths: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string>>
  /** Returns the newest commit of each line of a file. */
  blameFile(path: string, signal: AbortSignal): Promise<Pick<BlamedLine, 'oid' | 'line'>[]>
}

/** Returns the questions about a repository's HEAD, index and files. */
export function gitQuestions(repository: Repository): GitQuestions {
  const blame: LineHistory['blame'] = (path, range, signal) =>
    blameLines(repository, { path, revision: 'HEAD', ...range }, signal)
  return {
    async blame(path, range, signal) {
      // Read beside the blame, which takes longer.
      const [lines, file] = await Promise.all([
        blame(path, range, signal),
        repository
          .readBlob(`HEAD:${path}`, { maxBytes: limits.searchedBytes }, signal)
          .catch(() => undefined),
      ])
      return redactBlame(lines, path, file?.content.toString('utf8') ?? '')
    },
    async blameFile(path, signal) {
      const lines = await blame(path, undefined, signal)
      return lines.map(({ oid, line }) => ({ oid, line }))
    },
    lineCommits: (blamed, signal) => lineHistory(repository, blamed, signal),
    fileCommits: (path, signal) => fileHistory(repository, { path, revision: 'HEAD' }, signal),
    pathInside: (path) => repositoryPath(repository, repository.root, path),
    stagedPaths: (signal) => stagedPaths(repository, signal),
    rangePaths: (range, signal) => changedPaths(repository, range, signal),
    currentPaths: (signal) => filesAtHead(repository, signal),
    present: async (paths, signal) => (await filesAtHead(repository, signal)).intersection(new Set(paths)),
  }
}
