import type { DatabaseSync } from 'node:sqlite'
import { numberIn, textIn, type SqlRow } from './journal-rows.ts'

/** An answer that was given to a request with a key of its own. */
export interface KeptAnswer {
  /** What was asked, as a hash. */
  readonly asked: string
  readonly status: number
  /** Where the answer leads to; empty when nowhere. */
  readonly location: string
  readonly type: string
  readonly body: string
}

/** Keeps answers by the caller and the key that they were asked with. Each call is on the disk when it returns. */
export interface KeptAnswers {
  /** Returns the answer that was kept at this time or later. */
  find(caller: string, key: string, since: number): KeptAnswer | undefined
  /** Keeps an answer, and forgets what is older than `since` or more than is kept. */
  keep(caller: string, key: string, answer: KeptAnswer, at: number, since: number): void
}

const mostAnswers = 10_000
const mostBytes = 32 * 1024 * 1024

/** Returns the part of the journal that keeps answers. */
export function keptAnswersIn(database: DatabaseSync): KeptAnswers {
  const one = database.prepare('SELECT * FROM kept_answers WHERE caller = ? AND key = ? AND at >= ?')
  const insert = database.prepare(`
    INSERT OR REPLACE INTO kept_answers (caller, key, asked, at, status, location, type, body, bytes)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const forgetOld = database.prepare('DELETE FROM kept_answers WHERE at < ?')
  const forgetMost = database.prepare(`
    DELETE FROM kept_answers WHERE seq IN (
      SELECT seq FROM (
        SELECT seq, row_number() OVER newest AS place, sum(bytes) OVER newest AS total
        FROM kept_answers WINDOW newest AS (ORDER BY seq DESC))
      WHERE place > ? OR total > ?)`)

  return {
    find(caller, key, since) {
      const row = one.get(caller, key, since)
      return row === undefined ? undefined : answerOf(row)
    },
    keep(caller, key, { asked, status, location, type, body }, at, since) {
      insert.run(caller, key, asked, at, status, location, type, body, Buffer.byteLength(body))
      forgetOld.run(since)
      forgetMost.run(mostAnswers, mostBytes)
    },
  }
}

function answerOf(row: SqlRow): KeptAnswer {
  return {
    asked: textIn(row, 'asked'),
    status: numberIn(row, 'status'),
    location: textIn(row, 'location'),
    type: textIn(row, 'type'),
    body: textIn(row, 'body'),
  }
}
