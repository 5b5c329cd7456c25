import type { DatabaseSync } from 'node:sqlite'
import { isValid } from '../../contract/validate.ts'
import { TaskProblem, TaskState } from '../../contract/task.ts'
import type { TaskRecord, TaskRecords } from '../tasks/records.ts'
import { numberIn, textIn, type SqlRow } from './journal-rows.ts'

const columns =
  'seq, id, kind, input, lane, repository, state, priority, tries, most_tries, is_unwanted, created_at, changed_at, due_at, problem'
const ended = "('completed', 'failed', 'cancelled', 'dead')"

/** Returns the part of the journal that keeps tasks. */
export function tasksIn(database: DatabaseSync): TaskRecords {
  const insert = database.prepare(`
    INSERT INTO tasks (id, kind, input, lane, repository, state, priority, tries, most_tries, is_unwanted,
      created_at, changed_at, due_at, problem, result)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const update = database.prepare(`
    UPDATE tasks SET state = ?, tries = ?, is_unwanted = ?, changed_at = ?, due_at = ?, problem = ?, result = ?
    WHERE id = ?`)
  const one = database.prepare(`SELECT ${columns}, result FROM tasks WHERE id = ?`)
  const unended = database.prepare(`SELECT ${columns} FROM tasks WHERE state NOT IN ${ended} ORDER BY seq`)
  const before = database.prepare(`
    SELECT ${columns} FROM tasks WHERE seq < ?1 AND (?2 = '' OR state = ?2) ORDER BY seq DESC LIMIT ?3`)
  const prune = database.prepare(`
    DELETE FROM tasks WHERE state IN ${ended} AND seq <= (
      SELECT seq FROM tasks WHERE state IN ${ended} ORDER BY seq DESC LIMIT 1 OFFSET ?)`)

  return {
    add(task) {
      const { id, kind, input, lane, repository, state, priority, tries, mostTries, createdAt } = task
      const given = [id, kind, input, lane, repository ?? null, state, priority, tries, mostTries]
      // Not `RETURNING`: a row is returned before it is on the disk, and one that finds no room is lost unheard.
      const { lastInsertRowid } = insert.run(
        ...given,
        task.isUnwanted ? 1 : 0,
        createdAt,
        ...changingOf(task),
      )
      return { ...task, seq: Number(lastInsertRowid) }
    },
    update(task) {
      const { id, state, tries, isUnwanted } = task
      update.run(state, tries, isUnwanted ? 1 : 0, ...changingOf(task), id)
    },
    find(id) {
      const row = one.get(id)
      return row === undefined ? undefined : taskOf(row)
    },
    unended: () => unended.all().map(taskOf),
    before: (seq, limit, state) => before.all(seq, state ?? '', limit).map(taskOf),
    prune: (keepNewest) => void prune.run(keepNewest),
  }
}

function changingOf({
  changedAt,
  dueAt,
  problem,
  result,
}: Omit<TaskRecord, 'seq'>): (number | string | null)[] {
  return [changedAt, dueAt ?? null, problem === undefined ? null : JSON.stringify(problem), result ?? null]
}

function taskOf(row: SqlRow): TaskRecord {
  const state = textIn(row, 'state')
  if (!isValid(TaskState, state)) throw new Error(`The journal holds a task in the state ${state}.`)
  return {
    id: textIn(row, 'id'),
    seq: numberIn(row, 'seq'),
    kind: textIn(row, 'kind'),
    input: textIn(row, 'input'),
    lane: textIn(row, 'lane'),
    repository: textIfAny(row, 'repository'),
    state,
    priority: numberIn(row, 'priority'),
    tries: numberIn(row, 'tries'),
    mostTries: numberIn(row, 'most_tries'),
    isUnwanted: numberIn(row, 'is_unwanted') === 1,
    createdAt: numberIn(row, 'created_at'),
    changedAt: numberIn(row, 'changed_at'),
    dueAt: typeof row['due_at'] === 'number' ? row['due_at'] : undefined,
    problem: problemIn(textIfAny(row, 'problem')),
    result: textIfAny(row, 'result'),
  }
}

function textIfAny(row: SqlRow, name: string): string | undefined {
  const value = row[name]
  return typeof value === 'string' ? value : undefined
}

function problemIn(text: string | undefined): TaskProblem | undefined {
  const problem: unknown = text === undefined ? undefined : JSON.parse(text)
  return isValid(TaskProblem, problem) ? problem : undefined
}
