import Type, { type Static } from 'typebox'
import { Oid } from './episode.ts'

/** What is measured; each task mines its questions from the history itself. */
export const evaluationTasks = [
  'origin',
  'prose',
  'cited',
  'revert',
  'hidden-message',
  'hidden-file',
  'rewrite',
  'abstain',
  'budget',
] as const

/** The name of a task. */
export const EvaluationTask = Type.Union(
  [
    Type.Literal('origin'),
    Type.Literal('prose'),
    Type.Literal('cited'),
    Type.Literal('revert'),
    Type.Literal('hidden-message'),
    Type.Literal('hidden-file'),
    Type.Literal('rewrite'),
    Type.Literal('abstain'),
    Type.Literal('budget'),
  ],
  { description: 'What is measured.' },
)
export type EvaluationTask = Static<typeof EvaluationTask>

const count = Type.Integer({ minimum: 0 })

/** Whose questions are asked. */
export const EvaluationPart = Type.Union([Type.Literal('newest'), Type.Literal('oldest')], {
  description:
    '`newest`: the newest fifth asks, and everything older is there to be found. `oldest`: the same within the ' +
    'oldest 60 %, where whoever changes a weight may look.',
})
export type EvaluationPart = Static<typeof EvaluationPart>

const share = (description: string) =>
  Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()], { description })

const ranked = {
  r1: share('Share of the questions whose answer stands first.'),
  r10: share('Share of the questions with an answer among the first ten.'),
  mrr: share('Mean of one over the place of the first answer; 0 where there is none.'),
}

/** How a way of asking did; null where it cannot be asked. */
export const BaselineResult = Type.Object({
  ...ranked,
  questions: count,
  cutShort: Type.Integer({
    minimum: 0,
    description: 'Questions that took longer than their limit; they count as not found.',
  }),
})
export type BaselineResult = Static<typeof BaselineResult>

const range = Type.Tuple([Type.Number(), Type.Number()])

/** How recall did at one task, beside what a user would do otherwise. */
export const TaskResult = Type.Object({
  task: EvaluationTask,
  questions: count,
  ...ranked,
  interval: Type.Union([Type.Object({ r1: range, r10: range, mrr: range }), Type.Null()], {
    description: 'Where each figure lies with 95 % probability, by bootstrap over the questions.',
  }),
  baselines: Type.Object({
    bm25: BaselineResult,
    bm25Messages: BaselineResult,
    grep: BaselineResult,
    pickaxe: BaselineResult,
    files: BaselineResult,
  }),
  measures: Type.Record(Type.String(), Type.Number(), { description: 'Figures of this task alone.' }),
  note: Type.Optional(Type.String({ description: 'Why there is no figure, or what to know of it.' })),
  file: Type.Optional(Type.String({ description: 'One line of JSON a question.' })),
  seconds: Type.Number({ minimum: 0 }),
})
export type TaskResult = Static<typeof TaskResult>

/** What the ranking had learned before the first question was asked. */
const EvaluatedEmbedder = Type.Object({
  state: Type.Union([Type.Literal('trained'), Type.Literal('untrained')]),
  commits: Type.Integer({ minimum: 0, description: 'Commits that taught; all older than the questions.' }),
  seconds: Type.Number({ minimum: 0 }),
  note: Type.String(),
})

/** An evaluation that has ended. */
export const EvaluationReport = Type.Object({
  repository: Type.String(),
  head: Type.Union([Oid, Type.Null()]),
  commits: count,
  part: EvaluationPart,
  sample: count,
  seed: Type.Integer(),
  embedder: EvaluatedEmbedder,
  folder: Type.String({ description: 'Where the files of single questions lie.' }),
  seconds: Type.Number({ minimum: 0 }),
  interrupted: Type.Boolean({ description: 'Whether it was ended before all tasks were done.' }),
  tasks: Type.Array(TaskResult),
})
export type EvaluationReport = Static<typeof EvaluationReport>

const progress = Type.Object({
  type: Type.Literal('progress'),
  phase: Type.String(),
  done: count,
  total: count,
  secondsLeft: Type.Optional(Type.Number({ minimum: 0 })),
})

/** What an evaluation tells while it goes on; the report comes last. */
export const EvaluationNews = Type.Union([
  progress,
  Type.Object({ type: Type.Literal('task'), task: TaskResult }),
  Type.Object({ type: Type.Literal('report'), report: EvaluationReport }),
])
export type EvaluationNews = Static<typeof EvaluationNews>

/** What to evaluate. */
export const EvaluationOrder = Type.Object({
  tasks: Type.Optional(Type.Array(EvaluationTask, { minItems: 1, maxItems: evaluationTasks.length })),
  sample: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 10_000, description: 'Questions of each task; 100 unless told.' }),
  ),
  part: Type.Optional(EvaluationPart),
  seed: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1, description: 'Chooses which questions are asked.' }),
  ),
})
export type EvaluationOrder = Static<typeof EvaluationOrder>
