import { dirname, isAbsolute, join } from 'node:path'
import type { StateFolders } from '../../contract/state.ts'

/** The name of the first file of an archive. */
export const manifestName = 'manifest.json'

/** Files of the state folder that cannot be made again, beside the journal. */
export const statePieces = ['audit.ndjson', 'users.json'] as const

/** Whether the path of a file in an archive is one that aios writes: below its two folders, and nowhere else. */
export function isArchivePath(path: string): boolean {
  if (isAbsolute(path) || path.includes('\\') || path.includes('\0')) return false
  const [top, ...rest] = path.split('/')
  if (rest.some((part) => part === '' || part === '.' || part === '..')) return false
  if (top === 'config') return path === 'config/config.yaml' || (rest[0] === 'plugins' && rest.length > 1)
  if (top !== 'state') return false
  return ['journal.sqlite', ...statePieces].some((name) => path === `state/${name}`) || isMemory(rest)
}

function isMemory([folder, id = '', ...files]: readonly string[]): boolean {
  return folder === 'repositories' && /^[\w.-]{1,200}$/.test(id) && files.length > 0
}

/** Where things lie while an archive is restored. */
export interface RestorePlaces {
  /** What is unpacked, and worth nothing until it is whole. */
  readonly unpacked: string
  /** What is whole, and takes the state folder’s place. */
  readonly whole: string
  /** The user’s own settings, within the folder that takes its place. */
  readonly config: string
  /** The folder of the user’s own settings. */
  readonly userFolder: string
}

/** Returns the places; all beside the state folder, so that nothing has to be copied from one disk to another. */
export function restorePlaces({ state, configFile }: StateFolders): RestorePlaces {
  return {
    unpacked: `${state}.unpacking`,
    whole: `${state}.restored`,
    config: join(`${state}.restored`, 'restored-config'),
    userFolder: dirname(configFile),
  }
}
