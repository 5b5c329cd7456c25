import { resolve } from 'node:path'

/** Returns an id as it is and a path in full: the daemon stands elsewhere and cannot know what `..` means. */
export function repositoryName(named: string, directory: string): string {
  return named.startsWith('.') || named.includes('/') ? resolve(directory, named) : named
}
