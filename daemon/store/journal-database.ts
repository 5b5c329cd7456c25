import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { AiosError } from '../../contract/errors.ts'
import { isLog, isCutOff } from './journal-log.ts'
import { numberIn } from './journal-rows.ts'
import { firstLine, refusalOf, storeError } from './lance-errors.ts'
import { makePrivate } from './private-file.ts'

/** Each brings the journal from the version of its place to the next. Those that were released never change. */
const migrations = [
  `CREATE TABLE events (
     seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, type TEXT NOT NULL, repository TEXT,
     time TEXT NOT NULL, data TEXT NOT NULL) STRICT;
   CREATE TABLE repositories (
     id TEXT PRIMARY KEY, path TEXT NOT NULL, git_dir TEXT NOT NULL, common_dir TEXT NOT NULL,
     added_at INTEGER NOT NULL, state TEXT NOT NULL) STRICT;
   CREATE TABLE tips (
     repository TEXT NOT NULL, ref TEXT NOT NULL, oid TEXT NOT NULL,
     PRIMARY KEY (repository, ref)) STRICT, WITHOUT ROWID;
   CREATE TABLE aliases (
     repository TEXT NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL, evidence TEXT NOT NULL, at INTEGER NOT NULL,
     PRIMARY KEY (repository, old)) STRICT;
   CREATE INDEX aliases_by_new ON aliases (repository, new);
   CREATE TABLE skipped (
     repository TEXT NOT NULL, oid TEXT NOT NULL, reason TEXT NOT NULL, tries INTEGER NOT NULL,
     PRIMARY KEY (repository, oid)) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE plugin_approvals (
     repository TEXT NOT NULL, plugin TEXT NOT NULL, hash TEXT NOT NULL, version TEXT NOT NULL,
     permissions TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (repository, plugin)) STRICT, WITHOUT ROWID;
   CREATE TABLE plugin_settings (
     repository TEXT NOT NULL, plugin TEXT NOT NULL, enabled INTEGER NOT NULL, mode TEXT NOT NULL,
     config TEXT NOT NULL, PRIMARY KEY (repository, plugin)) STRICT, WITHOUT ROWID;
   CREATE TABLE plugin_values (
     plugin TEXT NOT NULL, repository TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
     PRIMARY KEY (plugin, repository, key)) STRICT, WITHOUT ROWID;
   CREATE TABLE plugin_calls (
     seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, plugin TEXT NOT NULL, hash TEXT NOT NULL,
     repository TEXT NOT NULL, hook TEXT NOT NULL, handler TEXT NOT NULL, mode TEXT NOT NULL, time INTEGER NOT NULL,
     seed INTEGER NOT NULL, event TEXT NOT NULL, config TEXT NOT NULL, host_calls TEXT NOT NULL,
     is_whole INTEGER NOT NULL, status TEXT NOT NULL, result TEXT NOT NULL, message TEXT NOT NULL,
     decision TEXT NOT NULL, cpu_ms REAL NOT NULL, wall_ms REAL NOT NULL) STRICT;
   CREATE INDEX plugin_calls_by_plugin ON plugin_calls (plugin, seq);
   CREATE INDEX plugin_calls_by_hook ON plugin_calls (hook, seq);
   CREATE TABLE plugin_lines (
     seq INTEGER PRIMARY KEY AUTOINCREMENT, plugin TEXT NOT NULL, repository TEXT NOT NULL, time INTEGER NOT NULL,
     level TEXT NOT NULL, message TEXT NOT NULL) STRICT;
   CREATE TABLE plugin_notes (
     seq INTEGER PRIMARY KEY AUTOINCREMENT, plugin TEXT NOT NULL, repository TEXT NOT NULL, time INTEGER NOT NULL,
     text TEXT NOT NULL, evidence TEXT NOT NULL) STRICT;
   CREATE TABLE plugin_trials (
     plugin TEXT NOT NULL, hash TEXT NOT NULL, repository TEXT NOT NULL, calls INTEGER NOT NULL,
     denials INTEGER NOT NULL, false_blocks INTEGER NOT NULL, at INTEGER NOT NULL,
     PRIMARY KEY (plugin, hash, repository)) STRICT, WITHOUT ROWID;`,
  `ALTER TABLE events ADD COLUMN trace TEXT;`,
  `CREATE TABLE tasks (
     seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, input TEXT NOT NULL,
     lane TEXT NOT NULL, repository TEXT, state TEXT NOT NULL, priority INTEGER NOT NULL, tries INTEGER NOT NULL,
     most_tries INTEGER NOT NULL, is_unwanted INTEGER NOT NULL, created_at INTEGER NOT NULL,
     changed_at INTEGER NOT NULL, due_at INTEGER, problem TEXT, result TEXT) STRICT;
   CREATE INDEX tasks_by_state ON tasks (state, seq);
   CREATE TABLE kept_answers (
     seq INTEGER PRIMARY KEY AUTOINCREMENT, caller TEXT NOT NULL, key TEXT NOT NULL, asked TEXT NOT NULL,
     at INTEGER NOT NULL, status INTEGER NOT NULL, location TEXT NOT NULL, type TEXT NOT NULL, body TEXT NOT NULL,
     bytes INTEGER NOT NULL, UNIQUE (caller, key)) STRICT;
   CREATE INDEX kept_answers_by_age ON kept_answers (at);`,
  `CREATE TABLE schedule_runs (
     repository TEXT NOT NULL, schedule TEXT NOT NULL, expression TEXT NOT NULL, since INTEGER NOT NULL,
     ran_at INTEGER, PRIMARY KEY (repository, schedule)) STRICT, WITHOUT ROWID;`,
  `ALTER TABLE schedule_runs ADD COLUMN failed TEXT NOT NULL DEFAULT '[]';`,
]

const pluginTables = ['approvals', 'settings', 'values', 'calls', 'lines', 'notes', 'trials']
const ownTables = ['events', 'repositories', 'tips', 'aliases', 'skipped', 'tasks', 'kept_answers']
const tables = [...ownTables, 'schedule_runs', ...pluginTables.map((name) => `plugin_${name}`)]

/** Opens the journal's database as this version of aios needs it. */
export function openJournalDatabase(file: string, onHealed: (detail: string) => void): DatabaseSync {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    if (!isLog(`${file}-wal`)) throw new DamagedJournal('its write-ahead log is none')
    // Read before SQLite makes a new index of what is left.
    const isCut = isCutOff(file)
    const database = openSound(file)
    if (isCut) onHealed('The end of the journal’s log is gone, and with it what was noted last.')
    return database
  } catch (error) {
    if (error instanceof AiosError || !isDamage(error)) throw storeError(error, file)
    return rebuild(file, firstLine(error), onHealed)
  }
}

function openSound(file: string): DatabaseSync {
  makePrivate(file)
  const database = new DatabaseSync(file, { timeout: 5000 })
  try {
    // FULL, because NORMAL has lost acknowledged rows when the machine went down.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;')
    const [verdict] = Object.values(database.prepare('PRAGMA quick_check(1)').get() ?? {})
    if (verdict !== 'ok') throw new DamagedJournal(String(verdict))
    migrate(database, file)
    const lost = tables.find((table) => !has(database, table))
    if (lost !== undefined) throw new DamagedJournal(`its table ${lost} is gone`)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function has(database: DatabaseSync, table: string): boolean {
  return (
    database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(table) !== undefined
  )
}

class DamagedJournal extends Error {}

function migrate(database: DatabaseSync, file: string): void {
  const version = numberIn(database.prepare('PRAGMA user_version').get(), 'user_version')
  if (version > migrations.length) {
    const message = `The journal ${file} has version ${version}; this aios knows ${migrations.length}.`
    throw new AiosError('store.newer', message)
  }
  for (const [index, migration] of [...migrations.entries()].slice(version)) {
    database.exec(`BEGIN IMMEDIATE; ${migration} PRAGMA user_version = ${index + 1}; COMMIT;`)
  }
}

/** SQLite's codes for a file that is corrupt, and for one that is no database. */
function isDamage(error: unknown): boolean {
  if (error instanceof DamagedJournal) return true
  if (!(error instanceof Error) || !('errcode' in error) || refusalOf(error) !== undefined) return false
  return typeof error.errcode === 'number' && [11, 26].includes(error.errcode & 0xff)
}

/** Moves the damaged journal aside and copies into a new one what can still be read. */
function rebuild(file: string, why: string, onHealed: (detail: string) => void): DatabaseSync {
  const aside = freeName(file)
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix)
  }
  const fresh = openSound(file)
  const kept = salvage(fresh, aside)
  onHealed(
    `The journal could not be read (${why}); it was moved to ${aside}, and ${kept} rows of it were kept.`,
  )
  return fresh
}

function salvage(fresh: DatabaseSync, aside: string): number {
  let kept = 0
  try {
    const damaged = new DatabaseSync(aside, { readOnly: true })
    for (const table of tables) kept += copy(fresh, damaged, table)
    keepNumbers(fresh, damaged)
    damaged.close()
  } catch {
    // Not even its header can be read: nothing is kept, and repositories are registered again.
  }
  return kept
}

function copy(fresh: DatabaseSync, damaged: DatabaseSync, table: string): number {
  let kept = 0
  try {
    for (const row of damaged.prepare(`SELECT * FROM ${table}`).iterate()) {
      const names = Object.keys(row)
      const places = names.map(() => '?').join(', ')
      const insert = fresh.prepare(`INSERT OR IGNORE INTO ${table} (${names.join(', ')}) VALUES (${places})`)
      kept += Number(insert.run(...Object.values(row)).changes)
    }
  } catch {
    // The rows before the damage are kept; those behind it cannot be reached.
  }
  return kept
}

/** Facts that were lost keep their numbers all the same. */
function keepNumbers(fresh: DatabaseSync, damaged: DatabaseSync): void {
  const row = damaged.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'events'").get()
  if (row === undefined) return
  fresh.exec("DELETE FROM sqlite_sequence WHERE name = 'events'")
  fresh.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('events', ?)").run(numberIn(row, 'seq'))
}

function freeName(file: string): string {
  for (let count = 1; ; count++) {
    const name = `${file}.damaged.${count}`
    if (!existsSync(name)) return name
  }
}
