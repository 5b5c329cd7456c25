import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Returns how node is told to run the process of a trust group.
 *
 * Node's permission model is a second wall: whoever gets out of an isolate into JavaScript of the process can
 * read our own code and our packages, and can write nothing and start nothing. Machine code is not held by it.
 */
export function nodeArguments(entry: URL): string[] {
  return [
    // isolated-vm crashes on isolates that are made from node's own snapshot.
    '--no-node-snapshot',
    '--max-old-space-size=64',
    '--max-semi-space-size=1',
    '--permission',
    '--allow-addons',
    // Says that --allow-addons weakens the model, which the text above says as well.
    '--disable-warning=SecurityWarning',
    ...readable(entry).map((path) => `--allow-fs-read=${path}`),
    fileURLToPath(entry),
  ]
}

function readable(entry: URL): string[] {
  const folder = dirname(fileURLToPath(entry))
  const root = join(folder, '..', '..')
  const ours = [folder, join(root, 'chunks'), join(root, 'contract'), join(root, 'plugins', 'host')]
  const packages = foldersAbove(folder).map((above) => join(above, 'node_modules'))
  const present = [...ours, ...packages].filter((path) => existsSync(path))
  // The library's loader looks there which C library the machine has.
  return [...new Set([...present, ...present.map((path) => realpathSync(path)), '/etc/alpine-release'])]
}

function foldersAbove(folder: string): string[] {
  const above = dirname(folder)
  return above === folder ? [folder] : [folder, ...foldersAbove(above)]
}
