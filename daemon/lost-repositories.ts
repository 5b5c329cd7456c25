import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Problem } from '../contract/status.ts'
import type { Repositories } from './repositories.ts'

/**
 * Returns what is wrong when a damaged journal took registrations with it: their memories lie there unclaimed.
 *
 * It is said until each is registered again, or whoever misses none deletes the damaged journal.
 */
export function lostRepositories(stateFolder: string, repositories: Repositories): Problem[] {
  const damaged = damagedIn(stateFolder)
  if (damaged.length === 0) return []
  const held = new Set(repositories.list().map(({ registration }) => registration.id))
  const folder = join(stateFolder, 'repositories')
  const lost = namesIn(folder).filter((id) => !held.has(id) && existsSync(join(folder, id, 'store.json')))
  if (lost.length === 0) return []
  const aside = damaged.map((name) => join(stateFolder, name)).join(' and ')
  const message = `The journal was damaged and was mended, but these are not registered any more: ${lost.join(', ')}.`
  const hint = `Run \`aios init\` in each of them; what is remembered is still there. If none is missed, delete ${aside}.`
  return [{ code: 'repository.unregistered', message, hint }]
}

/** Says whether a damaged journal lies there. */
export function hasDamagedJournal(stateFolder: string): boolean {
  return damagedIn(stateFolder).length > 0
}

function damagedIn(stateFolder: string): string[] {
  return namesIn(stateFolder).filter((name) => /^journal\.sqlite\.damaged\.\d+$/.test(name))
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}
