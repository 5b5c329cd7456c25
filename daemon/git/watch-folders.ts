import { basename } from 'node:path'
import { watch } from 'chokidar'
import { createDebounce } from './debounce.ts'

/** Calls back when anything in the folders may have changed; returns how to end it. Folders may come later. */
export function watchFolders(
  folders: readonly string[],
  onHint: () => void,
  onError: (error: unknown) => void,
): () => Promise<void> {
  const debounce = createDebounce(onHint, () => false)
  const isHidden = (path: string) => !folders.includes(path) && /^\.|^node_modules$/.test(basename(path))
  const watcher = watch([...folders], {
    ignored: isHidden,
    ignoreInitial: true,
    followSymlinks: false,
    depth: 8,
  })
  watcher.on('all', () => debounce.notice())
  watcher.on('error', onError)
  return async () => {
    debounce.close()
    await watcher.close()
  }
}
