import { randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { EventEnvelope, Fact } from '../../contract/events.ts'
import type { Journal } from './journal.ts'
import { numberIn, textIn, type SqlRow } from './journal-rows.ts'
import { together } from './together.ts'

/** Returns the part of the journal that keeps facts. */
export function eventsIn(
  database: DatabaseSync,
): Pick<Journal, 'append' | 'since' | 'latest' | 'oldest' | 'prune'> {
  const insert = database.prepare(
    'INSERT INTO events (id, type, repository, time, data, trace) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const after = database.prepare('SELECT * FROM events WHERE seq > ? ORDER BY seq LIMIT ?')
  const last = database.prepare(
    "SELECT coalesce(max(seq), 0) AS seq FROM sqlite_sequence WHERE name = 'events'",
  )
  const first = database.prepare('SELECT coalesce(min(seq), 0) AS seq FROM events')
  const remove = database.prepare('DELETE FROM events WHERE seq <= ?')
  const latest = () => numberIn(last.get(), 'seq')

  function keep(fact: Fact, at: number, traceId: string | undefined): EventEnvelope {
    const event = { id: randomUUID(), type: fact.type, time: new Date(at).toISOString(), data: fact.data }
    const repository = 'repository' in fact.data ? fact.data.repository : undefined
    const data = JSON.stringify(event.data)
    // Not `get` with RETURNING, which on a full disk names a row that was never kept.
    const kept = insert.run(event.id, event.type, repository ?? null, event.time, data, traceId ?? null)
    return {
      seq: Number(kept.lastInsertRowid),
      ...event,
      ...(repository === undefined ? {} : { repository }),
      ...(traceId === undefined ? {} : { traceId }),
    }
  }

  return {
    latest,
    append: (facts, at, traceId) => together(database, () => facts.map((fact) => keep(fact, at, traceId))),
    since: (seq, limit) => after.all(seq, limit).map(eventOf),
    oldest: () => numberIn(first.get(), 'seq'),
    prune: (keepNewest) => void remove.run(latest() - keepNewest),
  }
}

function eventOf(row: SqlRow): EventEnvelope {
  const event = {
    seq: numberIn(row, 'seq'),
    id: textIn(row, 'id'),
    type: textIn(row, 'type'),
    time: textIn(row, 'time'),
    data: parse(textIn(row, 'data')),
  }
  return {
    ...event,
    ...(row['repository'] === null ? {} : { repository: textIn(row, 'repository') }),
    ...(row['trace'] === null ? {} : { traceId: textIn(row, 'trace') }),
  }
}

function parse(text: string): unknown {
  return JSON.parse(text)
}
