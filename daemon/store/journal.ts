import { backup, type DatabaseSync } from 'node:sqlite'
import type { EventEnvelope, Fact } from '../../contract/events.ts'
import { notesIn, type JournalOfNotes } from './journal-notes.ts'
import { openJournalDatabase } from './journal-database.ts'
import { pluginsIn, type JournalOfPlugins } from './journal-plugins.ts'
import { eventsIn } from './journal-events.ts'
import { keptAnswersIn, type KeptAnswers } from './journal-kept-answers.ts'
import { schedulesIn } from './journal-schedules.ts'
import { tasksIn } from './journal-tasks.ts'
import type { ScheduleRecords } from '../schedules/records.ts'
import type { TaskRecords } from '../tasks/records.ts'
import { numberIn, textIn, textsOf, type SqlRow } from './journal-rows.ts'
import { together } from './together.ts'

/** A repository that the daemon looks after. */
export interface RegisteredRepository {
  readonly id: string
  readonly path: string
  readonly gitDir: string
  readonly commonDir: string
  /** Milliseconds since the epoch. */
  readonly addedAt: number
  readonly state: string
}

/** A commit that took another's place, and how that is known. */
interface Alias {
  readonly from: string
  readonly to: string
  readonly evidence: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** A commit that could not be read. */
export interface Skipped {
  readonly oid: string
  readonly reason: string
  readonly tries: number
}

/**
 * Keeps what git does not say: who is registered, what happened, which commits are one and the same.
 *
 * Each call is on the disk when it returns. One process writes.
 */
export interface Journal {
  /** Numbers facts and keeps all of them, or none. Numbers have no gaps, and none is ever used again. */
  append(facts: readonly Fact[], at: number, traceId?: string): EventEnvelope[]
  /** Returns the facts after this number, oldest first. */
  since(seq: number, limit: number): EventEnvelope[]
  /** Returns the number of the newest fact; 0 when nothing ever happened. */
  latest(): number
  /** Returns the number of the oldest fact that is kept; 0 when none is. */
  oldest(): number
  /** Forgets all but the newest facts. */
  prune(keepNewest: number): void

  /** Returns the repositories, in the order they were added. */
  repositories(): RegisteredRepository[]
  /** Adds a repository, or changes what is known of it; when it was added stays. */
  register(repository: RegisteredRepository): void
  setState(id: string, state: string): void
  /** Forgets a repository and everything that is kept of it. Its facts stay. */
  forget(id: string): void

  /** Returns where each ref was when it was last looked at. */
  tips(repository: string): Map<string, string>
  setTips(repository: string, tips: ReadonlyMap<string, string>): void

  /** Links commits to those that took their places. One that has a later one already, or in a circle, is left out. */
  addAliases(repository: string, aliases: readonly Alias[]): void
  /** Returns all links, oldest first. */
  aliases(repository: string): Alias[]
  /** Returns the commits that took this one's place, one after the other. */
  laterThan(repository: string, oid: string): string[]

  /** Returns the commits that could not be read. */
  skipped(repository: string): Skipped[]
  /** Counts one more try that failed, and returns how many there were. */
  skip(repository: string, oid: string, reason: string): number
  /** Forgets that a commit could not be read. */
  unskip(repository: string, oid: string): void

  /** What people, agents and plugins noted. */
  readonly notes: JournalOfNotes

  /** What is kept of plugins. */
  readonly plugins: JournalOfPlugins
  /** Long work. */
  readonly tasks: TaskRecords
  /** How far schedules have come. */
  readonly schedules: ScheduleRecords
  /** Answers that are given once more to who asks once more. */
  readonly keptAnswers: KeptAnswers

  /** Writes a copy of all of it into a new file: one moment of it, whatever is kept meanwhile. */
  copyTo(file: string): Promise<void>
  close(): void
}

/** Pages that are copied before others have a turn: a megabyte. */
const pagesAtOnce = 256

/** Opens the journal in a file. One that is damaged is moved aside, and what can be read of it is kept. */
export function openJournal(file: string, onHealed: (detail: string) => void): Journal {
  const database = openJournalDatabase(file, onHealed)
  return {
    ...eventsIn(database),
    ...repositoriesIn(database),
    ...aliasesIn(database),
    ...commitsIn(database),
    notes: notesIn(database),
    plugins: pluginsIn(database),
    tasks: tasksIn(database),
    schedules: schedulesIn(database),
    keptAnswers: keptAnswersIn(database),
    async copyTo(copy) {
      await backup(database, copy, { rate: pagesAtOnce })
    },
    close() {
      if (database.isOpen) database.close()
    },
  }
}

function repositoriesIn(
  database: DatabaseSync,
): Pick<Journal, 'repositories' | 'register' | 'setState' | 'forget' | 'tips' | 'setTips'> {
  const all = database.prepare('SELECT * FROM repositories ORDER BY added_at, id')
  const upsert = database.prepare(`
    INSERT INTO repositories (id, path, git_dir, common_dir, added_at, state) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET
      path = excluded.path, git_dir = excluded.git_dir, common_dir = excluded.common_dir, state = excluded.state`)
  const update = database.prepare('UPDATE repositories SET state = ? WHERE id = ?')
  const owned = [
    'tips',
    'aliases',
    'skipped',
    'plugin_approvals',
    'plugin_settings',
    'plugin_values',
    'plugin_notes',
    'schedule_runs',
  ].map((table) => database.prepare(`DELETE FROM ${table} WHERE repository = ?`))
  const remove = database.prepare('DELETE FROM repositories WHERE id = ?')
  const tips = database.prepare('SELECT ref, oid FROM tips WHERE repository = ? ORDER BY ref')
  const clear = database.prepare('DELETE FROM tips WHERE repository = ?')
  const insert = database.prepare('INSERT INTO tips (repository, ref, oid) VALUES (?, ?, ?)')

  return {
    repositories: () => all.all().map(repositoryOf),
    register: ({ id, path, gitDir, commonDir, addedAt, state }) =>
      void upsert.run(id, path, gitDir, commonDir, addedAt, state),
    setState: (id, state) => void update.run(state, id),
    forget(id) {
      together(database, () => {
        for (const statement of [...owned, remove]) statement.run(id)
      })
    },
    tips: (repository) =>
      new Map(tips.all(repository).map((row) => [textIn(row, 'ref'), textIn(row, 'oid')])),
    setTips(repository, fresh) {
      together(database, () => {
        clear.run(repository)
        for (const [ref, oid] of fresh) insert.run(repository, ref, oid)
      })
    },
  }
}

function repositoryOf(row: SqlRow): RegisteredRepository {
  return {
    id: textIn(row, 'id'),
    path: textIn(row, 'path'),
    gitDir: textIn(row, 'git_dir'),
    commonDir: textIn(row, 'common_dir'),
    addedAt: numberIn(row, 'added_at'),
    state: textIn(row, 'state'),
  }
}

function aliasesIn(database: DatabaseSync): Pick<Journal, 'addAliases' | 'aliases' | 'laterThan'> {
  const insert = database.prepare(
    'INSERT OR IGNORE INTO aliases (repository, old, new, evidence, at) VALUES (?, ?, ?, ?, ?)',
  )
  const all = database.prepare('SELECT * FROM aliases WHERE repository = ? ORDER BY rowid')
  const later = database.prepare(`
    WITH RECURSIVE chain (oid, depth) AS (
      VALUES (?2, 0) UNION ALL SELECT new, depth + 1 FROM chain JOIN aliases ON repository = ?1 AND old = oid
    ) SELECT oid FROM chain WHERE depth > 0 ORDER BY depth`)
  const laterThan = (repository: string, oid: string) => textsOf(later.all(repository, oid), 'oid')

  return {
    laterThan,
    addAliases(repository, fresh) {
      together(database, () => {
        for (const { from, to, evidence, at } of fresh)
          if (from !== to && !laterThan(repository, to).includes(from))
            insert.run(repository, from, to, evidence, at)
      })
    },
    aliases: (repository) =>
      all.all(repository).map((row) => ({
        from: textIn(row, 'old'),
        to: textIn(row, 'new'),
        evidence: textIn(row, 'evidence'),
        at: numberIn(row, 'at'),
      })),
  }
}

function commitsIn(database: DatabaseSync): Pick<Journal, 'skipped' | 'skip' | 'unskip'> {
  const skipped = database.prepare('SELECT * FROM skipped WHERE repository = ? ORDER BY oid')
  const skip = database.prepare(`
    INSERT INTO skipped (repository, oid, reason, tries) VALUES (?, ?, ?, 1)
    ON CONFLICT DO UPDATE SET reason = excluded.reason, tries = tries + 1 RETURNING tries`)
  const unskip = database.prepare('DELETE FROM skipped WHERE repository = ? AND oid = ?')

  return {
    skipped: (repository) =>
      skipped.all(repository).map((row) => ({
        oid: textIn(row, 'oid'),
        reason: textIn(row, 'reason'),
        tries: numberIn(row, 'tries'),
      })),
    skip: (repository, oid, reason) => numberIn(skip.get(repository, oid, reason), 'tries'),
    unskip: (repository, oid) => void unskip.run(repository, oid),
  }
}
