import { existsSync, statSync, type Stats } from 'node:fs'
import { basename, join, sep } from 'node:path'
import { type FSWatcher, watch } from 'chokidar'
import { createDebounce } from './debounce.ts'
import type { Repository } from './repository.ts'

/** How a repository is watched. */
export interface WatchOptions {
  /** Folders that are watched at most; refs in others are found when the repository is next looked at. */
  readonly maxFolders?: number
  /** How often it is looked whether the repository is still where it was. */
  readonly lookMs?: number
  /** Called whenever git has written the index. */
  readonly onIndex?: () => void
  /** Told when watching fails, for instance because the system has no watches left. */
  readonly onError?: (error: unknown) => void
}

/** A watch that can be ended. */
export interface RepositoryWatch {
  /** Resolves when events are being received. */
  readonly ready: Promise<void>
  close(): Promise<void>
}

const maxFolders = 1024

const lookMs = 2000

/**
 * Calls back when the repository may have moved. A call says nothing more than that: refs are the truth.
 *
 * Only folders are watched, because git replaces files; what happened in them is told by name. A rebase
 * counts once, when it is over. A repository that is deleted is a hint as well, and one that comes back
 * is watched again.
 */
export function watchRepository(
  repository: Repository,
  onHint: () => void,
  options: WatchOptions = {},
): RepositoryWatch {
  const { gitDir } = repository
  const isRebasing = () => ['rebase-merge', 'rebase-apply'].some((name) => existsSync(join(gitDir, name)))
  const debounce = createDebounce(onHint, isRebasing)
  let watcher = open()
  let inode = inodeOf(gitDir)
  const timer = setInterval(look, options.lookMs ?? lookMs).unref()

  function open(): FSWatcher {
    const fresh = openWatcher(repository, options.maxFolders ?? maxFolders)
    fresh.on('raw', (_event, name, details: unknown) => {
      const folder = watchedFolder(details)
      if (name === 'index' && folder === gitDir) options.onIndex?.()
      if (isTelling(repository, folder, name ?? '')) debounce.notice()
    })
    fresh.on('error', (error) => options.onError?.(error))
    return fresh
  }

  /** Notices when the repository went away or another is in its place: a watch does not tell of a move. */
  function look(): void {
    const seen = inodeOf(gitDir)
    if (seen === inode) return
    inode = seen
    debounce.notice()
    if (seen === undefined) return
    void watcher.close()
    watcher = open()
  }

  return {
    ready: new Promise((resolve) => void watcher.once('ready', resolve)),
    async close() {
      clearInterval(timer)
      debounce.close()
      await watcher.close()
    },
  }
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino
}

function openWatcher({ gitDir, commonDir }: Repository, most: number): FSWatcher {
  const roots = [gitDir, commonDir]
  const deep = ['refs', 'logs', 'worktrees', 'reftable'].map((name) => join(commonDir, name))
  const seen = new Set<string>()

  /** Says whether to leave out a path: files, which are told of by their folders, and folders without refs. */
  const ignored = (path: string, stats?: Stats): boolean => {
    if (roots.includes(path)) return false
    const isOfInterest = [...deep, join(gitDir, 'logs')].some(
      (folder) => path === folder || (path.startsWith(folder + sep) && basename(folder) !== 'logs'),
    )
    if (!isOfInterest || stats?.isDirectory() === false) return true
    if (stats === undefined || seen.has(path)) return false
    return seen.size >= most || seen.add(path).size > most
  }
  return watch([...new Set(roots)], { ignored, ignoreInitial: true, followSymlinks: false, depth: 16 })
}

/** Says whether a name in a watched folder tells that the repository moved, and not that git is at work in it. */
function isTelling({ gitDir, commonDir }: Repository, folder: string, name: string): boolean {
  if (name.endsWith('.lock')) return false
  if (folder === gitDir || folder === commonDir) return telling.has(name)
  return basename(folder) !== 'logs' || name === 'HEAD'
}

const telling = new Set(['HEAD', 'packed-refs', 'shallow', 'refs', 'rebase-merge', 'rebase-apply'])

function watchedFolder(details: unknown): string {
  if (typeof details !== 'object' || details === null || !('watchedPath' in details)) return ''
  return typeof details.watchedPath === 'string' ? details.watchedPath : ''
}
