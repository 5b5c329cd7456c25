import Type, { type Static } from 'typebox'
import { Progress } from './events.ts'

/** Where a task stands. */
export const TaskState = Type.Union(
  [
    Type.Literal('pending'),
    Type.Literal('queued'),
    Type.Literal('running'),
    Type.Literal('retrying'),
    Type.Literal('completed'),
    Type.Literal('failed'),
    Type.Literal('cancelled'),
    Type.Literal('dead'),
  ],
  {
    description:
      'pending: waits for an earlier task about the same; queued: waits for its turn; retrying: failed, and waits for its next try; failed: was refused, which no other try would change; dead: failed at its last try.',
  },
)
export type TaskState = Static<typeof TaskState>

/** Why a task did not do what it was to do. */
export const TaskProblem = Type.Object({
  code: Type.String(),
  detail: Type.String(),
  hint: Type.String(),
})
export type TaskProblem = Static<typeof TaskProblem>

/** Long work that the daemon does on its own: it outlives who asked for it, and the daemon that began it. */
export const Task = Type.Object({
  id: Type.String(),
  kind: Type.String({ description: 'The name of the route whose work it does.' }),
  repository: Type.Optional(Type.String({ description: 'The id of the repository that it is about.' })),
  state: TaskState,
  priority: Type.Integer({
    minimum: 0,
    maximum: 7,
    description: 'The urgency of RFC 9218: what has 0 is done first.',
  }),
  tries: Type.Integer({ minimum: 0, description: 'How often it was begun.' }),
  mostTries: Type.Integer({ minimum: 1 }),
  createdAt: Type.String(),
  changedAt: Type.String(),
  nextTryAt: Type.Optional(Type.String()),
  progress: Type.Optional(Progress),
  problem: Type.Optional(TaskProblem),
  result: Type.Optional(
    Type.Unknown({ description: 'What the route replies, once it is completed; lists leave it out.' }),
  ),
})
export type Task = Static<typeof Task>

const endings: ReadonlySet<TaskState> = new Set(['completed', 'failed', 'cancelled', 'dead'])

/** Says whether nothing more happens to a task in this state unless somebody asks for it. */
export function isEnding(state: TaskState): boolean {
  return endings.has(state)
}
