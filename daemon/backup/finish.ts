import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import type { StateFolders } from '../../contract/state.ts'
import { restorePlaces } from './places.ts'

/**
 * Finishes a restore that a crash has cut short, and does nothing when there is none; returns where settings that
 * were in the way lie now.
 *
 * A state folder without a journal is no state: whoever started a daemon since then has made one for its log.
 */
export function finishRestore(folders: StateFolders): string[] {
  const { whole, userFolder } = restorePlaces(folders)
  const isCutShort = existsSync(whole) && !existsSync(join(folders.state, 'journal.sqlite'))
  if (isCutShort && existsSync(folders.state)) renameSync(folders.state, freeName(`${folders.state}.empty`))
  if (isCutShort) renameSync(whole, folders.state)
  const waiting = join(folders.state, 'restored-config')
  if (!existsSync(waiting)) return []
  const kept = readdirSync(waiting).flatMap((name) => {
    const place = join(userFolder, name)
    const aside = freeName(`${place}.before-restore`)
    const isThere = existsSync(place)
    if (isThere) renameSync(place, aside)
    mkdirSync(userFolder, { recursive: true, mode: 0o700 })
    renameSync(join(waiting, name), place)
    return isThere ? [aside] : []
  })
  rmdirSync(waiting)
  return kept
}

/** Returns the path, or one like it that nothing has yet. */
export function freeName(path: string): string {
  for (let count = 1; ; count++) {
    const name = count === 1 ? path : `${path}.${count}`
    if (!existsSync(name)) return name
  }
}
