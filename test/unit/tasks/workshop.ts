import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Fact } from '../../../contract/events.ts'
import type { Task } from '../../../contract/task.ts'
import { openJournal, type Journal } from '../../../daemon/store/journal.ts'
import type { TaskRecord } from '../../../daemon/tasks/records.ts'
import { createTasks, type Tasks, type TaskWish } from '../../../daemon/tasks/tasks.ts'
import type { TaskLimits } from '../../../daemon/tasks/board.ts'

/** A try that waits for the test to say how it ends. */
export interface Try {
  readonly task: TaskRecord
  readonly signal: AbortSignal
  readonly tell: (done: number) => void
  readonly succeed: (result: unknown) => Promise<void>
  readonly fail: (error: unknown) => Promise<void>
}

/** Tasks over a real journal, whose tries and whose time the test decides on. */
export interface Workshop {
  readonly tasks: Tasks
  /** The tries that were begun and have not ended, oldest first. */
  readonly tries: Try[]
  /** What waits for its time: how many milliseconds, and how to let it come. */
  readonly waits: { readonly ms: number; readonly come: () => void }[]
  readonly facts: Fact[]
  submit(some?: Partial<TaskWish>): Task
  /** Opens the same journal again, as the next daemon does after this one died without a word. */
  die(): Workshop
}

export const noon = Date.UTC(2026, 0, 2, 12)
const usual = { running: 2, unended: 100, ended: 100 }

/** Creates a workshop that has begun to work. */
export function createWorkshop(random = 0, limits: TaskLimits = usual): Workshop {
  const file = join(mkdtempSync(join(tmpdir(), 'tasks-')), 'journal.sqlite')
  return openWorkshop(file, random, limits)
}

function openWorkshop(file: string, random: number, limits: TaskLimits): Workshop {
  const journal = openJournal(file, (detail) => expect.fail(detail))
  const tries: Try[] = []
  const waits: Workshop['waits'] = []
  const facts: Fact[] = []
  let isDead = false
  let ids = journal.tasks.before(Number.MAX_SAFE_INTEGER, 1000).length
  const tasks = createTasks({
    records: mortal(journal, () => isDead),
    publish: (fact) => void facts.push(fact),
    perform: (task, tell, signal) => begin(task, (done) => tell(progressOf(done)), signal, tries),
    random: () => random,
    now: () => noon,
    later: (ms, act) => {
      const wait = { ms, come: () => (take(waits, wait), act()) }
      waits.push(wait)
      return () => take(waits, wait)
    },
    newId: () => `task-${++ids}`,
    onTrouble: () => {},
    limits,
  })
  tasks.start()
  return {
    tasks,
    tries,
    waits,
    facts,
    submit: (some = {}) => tasks.submit({ ...wish, lane: `lane-${ids}`, ...some }),
    die() {
      isDead = true
      journal.close()
      return openWorkshop(file, random, limits)
    },
  }
}

const wish = { kind: 'doctor', input: '{}', priority: 3, mostTries: 3, repository: undefined }

/** What is written after a death is written by nobody. */
function mortal({ tasks }: Journal, isDead: () => boolean): Journal['tasks'] {
  return { ...tasks, update: (task) => void (isDead() || tasks.update(task)) }
}

function begin(
  task: TaskRecord,
  tell: (done: number) => void,
  signal: AbortSignal,
  tries: Try[],
): Promise<unknown> {
  const end = Promise.withResolvers<unknown>()
  const settled = end.promise.then(
    () => {},
    () => {},
  )
  const one: Try = {
    task,
    tell,
    signal,
    succeed: (result) => (take(tries, one), end.resolve(result), settled.then(soon)),
    fail: (error) => (
      take(tries, one),
      end.reject(error instanceof Error ? error : new Error('?')),
      settled.then(soon)
    ),
  }
  tries.push(one)
  return end.promise
}

/** Lets everything that waits for nothing but a turn have it. */
function soon(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve))
}

function progressOf(done: number) {
  return { phase: 'messages' as const, done, total: 10, ratePerSecond: 1 }
}

function take<T>(from: T[], one: T): void {
  const at = from.indexOf(one)
  if (at >= 0) from.splice(at, 1)
}
