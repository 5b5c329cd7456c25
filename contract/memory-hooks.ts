import Type from 'typebox'
import { ContextAnswer, RecallAnswer } from './answers.ts'
import { Change, Oid, Person } from './episode.ts'
import { limits } from './limits.ts'
import { questionRoutes } from './question-routes.ts'

const repository = Type.String({ description: 'The repository id.' })

/** The hooks on the way into memory and back. */
export const memoryHooks = {
  'before:remember': {
    kind: 'waterfall',
    gate: true,
    summary:
      'Is this what is to be remembered of the message? A `deny` leaves neither message, paths nor hunks.',
    input: Type.Object({
      repository,
      oid: Oid,
      parents: Type.Array(Oid),
      author: Person,
      message: Type.String({ maxLength: limits.messageBytes, description: 'Secrets already taken out.' }),
      changes: Type.Array(Type.Pick(Change, ['path', 'oldPath', 'status'])),
    }),
    amends: ['/message'],
  },
  'after:remember': {
    kind: 'series',
    gate: false,
    summary: 'These commits are remembered by message and path. A daemon that dies may leave it unsaid.',
    input: Type.Object({ repository, commits: Type.Array(Oid) }),
  },
  'before:recall': {
    kind: 'waterfall',
    gate: true,
    summary: 'Is this what is asked of memory?',
    input: questionRoutes.recall.input,
    amends: ['/question', '/limit', '/filters'],
  },
  'after:recall': {
    kind: 'waterfall',
    gate: false,
    summary: 'Is this what memory answers?',
    input: Type.Object({ repository: Type.Optional(repository), ...RecallAnswer.properties }),
    amends: ['/hits', '/abstained', '/reason'],
  },
  'before:context': {
    kind: 'waterfall',
    gate: true,
    summary: 'Is this what is to be packed for a task?',
    input: questionRoutes.context.input,
    amends: ['/task', '/paths', '/budget'],
  },
  'after:context': {
    kind: 'waterfall',
    gate: false,
    summary: 'Is this the pack? What the budget does not hold then is left out.',
    input: Type.Object({ repository, ...ContextAnswer.properties }),
    amends: ['/blocks'],
  },
} as const
