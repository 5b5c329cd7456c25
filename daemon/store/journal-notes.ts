import type { DatabaseSync } from 'node:sqlite'
import { numberIn, textIn, type SqlRow } from './journal-rows.ts'

/** A note before it has a number. */
export interface FreshNote {
  /** `:agent`, `:user`, or the id of a plugin; no plugin's id has a colon. */
  readonly writer: string
  readonly repository: string
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly text: string
  readonly about: readonly string[]
}

/** A note as it is kept. */
export interface KeptNote extends FreshNote {
  readonly id: number
}

/** What the journal keeps of notes. */
export interface JournalOfNotes {
  /** Keeps a note and returns its number. */
  add(note: FreshNote): number
  /** Returns the notes about a repository, newest first, whoever wrote them. */
  about(repository: string, limit: number): KeptNote[]
  find(id: number): KeptNote | undefined
  forget(id: number): void
}

/** Notes of people and agents that are kept; of plugins’ notes there is a bound of their own. */
const mostNotes = 10_000

/** Returns the part of the journal that keeps notes: those of plugins, of agents and of people in one table. */
export function notesIn(database: DatabaseSync): JournalOfNotes {
  const insert = database.prepare(
    'INSERT INTO plugin_notes (plugin, repository, time, text, evidence) VALUES (?, ?, ?, ?, ?)',
  )
  const newest = database.prepare('SELECT * FROM plugin_notes WHERE repository = ? ORDER BY seq DESC LIMIT ?')
  const one = database.prepare('SELECT * FROM plugin_notes WHERE seq = ?')
  const prune = database.prepare(`
    DELETE FROM plugin_notes WHERE plugin LIKE ':%' AND seq <= (
      SELECT seq FROM plugin_notes WHERE plugin LIKE ':%' ORDER BY seq DESC LIMIT 1 OFFSET ${mostNotes})`)
  const remove = database.prepare('DELETE FROM plugin_notes WHERE seq = ?')

  return {
    add({ writer, repository, time, text, about }) {
      // Not `get` with RETURNING, which on a full disk names a row that was never kept.
      const kept = insert.run(writer, repository, time, text, JSON.stringify(about))
      prune.run()
      return Number(kept.lastInsertRowid)
    },
    about: (repository, limit) => newest.all(repository, limit).map(noteOf),
    find(id) {
      const row = one.get(id)
      return row === undefined ? undefined : noteOf(row)
    },
    forget: (id) => void remove.run(id),
  }
}

function noteOf(row: SqlRow): KeptNote {
  const about: unknown = JSON.parse(textIn(row, 'evidence'))
  return {
    id: numberIn(row, 'seq'),
    writer: textIn(row, 'plugin'),
    repository: textIn(row, 'repository'),
    time: numberIn(row, 'time'),
    text: textIn(row, 'text'),
    about: Array.isArray(about) ? about.filter((part) => typeof part === 'string') : [],
  }
}
