import { appendFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../../contract/config.ts'
import {
  evaluationTasks,
  type BaselineResult,
  type EvaluationNews,
  type EvaluationOrder,
  type EvaluationReport,
  type EvaluationTask,
  type TaskResult,
} from '../../contract/evaluation.ts'
import type { Repository } from '../git/repository.ts'
import { gitBaselines } from './baselines/git-log.ts'
import { createClock } from './clock.ts'
import { baselineNames, type Ground, type Outcome, type Places } from './ground.ts'
import { readKeywords } from './keywords.ts'
import { intervalsOf, measure } from './measures.ts'
import { spanOf } from './span.ts'
import { tasks } from './tasks.ts'
import { openThrowAway, type Taught } from './throw-away.ts'

/** What an evaluation is made with. */
export interface EvaluationParts {
  /** The id under which the repository is registered. */
  readonly id: string
  readonly repository: Repository
  readonly config: Config
  /** Where a memory is made that is thrown away; whoever gives it removes it. */
  readonly scratch: string
  /** Where a file for each task is left. */
  readonly folder: string
  readonly workersEntry: URL
  readonly trainerEntry: URL
}

const usualSample = 100
const usualSeed = 1

/**
 * Measures recall, and what a user would do otherwise, on questions that the history itself answers.
 *
 * A memory of its own is made and taught for it: what answers users neither sees what is hidden here nor waits. The
 * same history, seed and sample ask the same questions.
 */
export async function evaluate(
  order: EvaluationOrder,
  parts: EvaluationParts,
  say: (news: EvaluationNews) => void,
  signal: AbortSignal,
): Promise<EvaluationReport> {
  const clock = createClock(say)
  const { repository, folder } = parts
  const { part = 'newest', sample = usualSample, seed = usualSeed } = order
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { oid: head } = await repository.head(signal)
  const tips = async () => (head === undefined ? [] : [head])
  const throwAway = await openThrowAway(
    { ...parts, folder: parts.scratch, tips },
    ({ phase, done, total }) => phase !== 'idle' && clock.say(`reading ${phase}`, done, total),
    signal,
  )
  try {
    await throwAway.settle()
    const span = spanOf(throwAway.memory.graph, part)
    const taught = await throwAway.teach(span.before, (what) => clock.say(what, 0, 0), signal)
    clock.say('reads what the baselines need', 0, 0)
    const { memory } = throwAway
    const keywords = await readKeywords(memory, signal)
    const ground = { memory, span, keywords, sample, seed, baselines: gitBaselines(repository) }
    const results: TaskResult[] = []
    for (const name of evaluationTasks.filter((task) => order.tasks?.includes(task) ?? true)) {
      const result = await runTask(name, { ...ground, clock, parts }, signal)
      results.push(result)
      say({ type: 'task', task: result })
    }
    return {
      repository: parts.id,
      head: head ?? null,
      commits: memory.graph.size,
      part,
      sample,
      seed,
      embedder: embedderOf(taught),
      folder,
      seconds: clock.seconds(),
      interrupted: false,
      tasks: results,
    }
  } finally {
    await throwAway.close()
  }
}

interface TaskParts extends Pick<Ground, 'memory' | 'span' | 'keywords' | 'baselines' | 'sample' | 'seed'> {
  readonly clock: ReturnType<typeof createClock>
  readonly parts: EvaluationParts
}

async function runTask(
  name: EvaluationTask,
  { clock, parts, ...ground }: TaskParts,
  signal: AbortSignal,
): Promise<TaskResult> {
  const began = performance.now()
  const file = join(parts.folder, `${name}.ndjson`)
  clock.begin(name)
  const outcome = await tasks[name].measure(
    {
      ...ground,
      parts,
      say: (done, total) => clock.say(name, done, total),
      keep: (line) => appendFile(file, `${JSON.stringify({ task: name, ...line })}\n`, { mode: 0o600 }),
    },
    signal,
  )
  const seconds = (performance.now() - began) / 1000
  return { ...resultOf(name, outcome, ground.seed), ...(outcome.questions > 0 ? { file } : {}), seconds }
}

/** Returns the figures of a task, and where they lie. */
function resultOf(
  task: EvaluationTask,
  { questions, places = [], baselines = {}, measures = {}, note }: Outcome,
  seed: number,
): Omit<TaskResult, 'seconds'> {
  const measured = measure(places) ?? nothing
  const ofBaselines = Object.fromEntries(baselineNames.map((name) => [name, baselineOf(baselines[name])]))
  return {
    task,
    questions,
    ...measured,
    interval: places.length === 0 ? null : intervalsOf(places, seed),
    baselines: { bm25: none, bm25Messages: none, grep: none, pickaxe: none, files: none, ...ofBaselines },
    measures,
    ...(note === undefined ? {} : { note }),
  }
}

const nothing = { r1: null, r10: null, mrr: null }
const none: BaselineResult = { ...nothing, questions: 0, cutShort: 0 }

function baselineOf(places: Places | undefined): BaselineResult {
  if (places === undefined) return none
  const measured = measure(places.places) ?? nothing
  return { ...measured, questions: places.places.length, cutShort: places.cutShort }
}

function embedderOf({ commits, seconds, note }: Taught): EvaluationReport['embedder'] {
  return { state: commits > 0 ? 'trained' : 'untrained', commits, seconds, note }
}
