import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Problem } from '../contract/status.ts'
import type { Repositories } from './repositories.ts'

/**
 * Returns what a damaged journal may have taken with it: registrations, whose memories lie there unclaimed, and what
 * people wrote, of which nothing else is left.
 *
 * It is said until whoever has read it deletes the damaged journal.
 */
export function journalLosses(stateFolder: string, repositories: Repositories): Problem[] {
  const damaged = damagedIn(stateFolder)
  if (damaged.length === 0) return []
  const aside = damaged.map((name) => join(stateFolder, name)).join(' and ')
  return [...unregistered(stateFolder, repositories), writtenIn(aside)]
}

function unregistered(stateFolder: string, repositories: Repositories): Problem[] {
  const held = new Set(repositories.list().map(({ registration }) => registration.id))
  const folder = join(stateFolder, 'repositories')
  const lost = namesIn(folder).filter((id) => !held.has(id) && existsSync(join(folder, id, 'store.json')))
  if (lost.length === 0) return []
  const message = `The journal was damaged and was mended, but these are not registered any more: ${lost.join(', ')}.`
  const hint = 'Run `aios init` in each of them; what is remembered of their commits is still there.'
  return [{ code: 'repository.unregistered', message, hint }]
}

function writtenIn(aside: string): Problem {
  const message =
    'The journal was damaged. Notes, feedback, tasks, and what was approved or set of plugins may be lost.'
  const hint = `Look at \`aios note list\` and \`aios plugin list\`; \`aios restore\` puts back what a backup has. Then delete ${aside}.`
  return { code: 'journal.damaged', message, hint }
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
