import Type from 'typebox'
import {
  ContextAnswer,
  Filters,
  Question,
  RecallAnswer,
  RelatedAnswer,
  RepositoryName,
  ShowAnswer,
  TimelineAnswer,
  WhyAnswer,
} from './answers.ts'
import { pageFields } from './page.ts'
import { route } from './route.ts'

const repository = RepositoryName
const paths = Type.Array(Type.String({ minLength: 1, maxLength: 4096 }), { maxItems: 1000 })
const staged = Type.Optional(Type.Boolean({ description: 'Ask about what is staged now.' }))

/** The routes that answer questions from memory. */
export const questionRoutes = {
  recall: route({
    method: 'POST',
    path: '/v1/recall',
    summary: 'Find what is remembered about a question.',
    role: 'reader',
    cost: 'search',
    input: Type.Object({
      question: Question,
      repository: Type.Optional(repository),
      all: Type.Optional(Type.Boolean({ description: 'Search every registered repository.' })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
      filters: Type.Optional(Filters),
      explain: Type.Optional(Type.Boolean()),
    }),
    reply: RecallAnswer,
  }),
  why: route({
    method: 'POST',
    path: '/v1/why',
    summary: 'Say why a line, a range or a file is as it is.',
    role: 'reader',
    cost: 'search',
    input: Type.Object({
      repository,
      path: Type.String({
        minLength: 1,
        maxLength: 4096,
        description: 'Absolute, or relative to the top of the repository.',
      }),
      line: Type.Optional(Type.Integer({ minimum: 1 })),
      endLine: Type.Optional(Type.Integer({ minimum: 1 })),
    }),
    reply: WhyAnswer,
  }),
  related: route({
    method: 'POST',
    path: '/v1/related',
    summary: 'Say which files change together with these.',
    role: 'reader',
    cost: 'search',
    input: Type.Object({
      repository,
      paths,
      staged,
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
    }),
    reply: RelatedAnswer,
  }),
  context: route({
    method: 'POST',
    path: '/v1/context',
    summary: 'Pack what to know before a task into a budget of tokens.',
    role: 'reader',
    cost: 'search',
    input: Type.Object({
      repository,
      task: Type.Optional(Question),
      paths: Type.Optional(paths),
      staged,
      diff: Type.Optional(
        Type.String({ maxLength: 512, description: 'A range of revisions, such as `main...topic`.' }),
      ),
      budget: Type.Optional(Type.Integer({ minimum: 100, maximum: 100_000 })),
    }),
    reply: ContextAnswer,
  }),
  show: route({
    method: 'GET',
    path: '/v1/episodes/:oid',
    summary: 'Show one remembered commit with its ties.',
    role: 'reader',
    cost: 'search',
    input: Type.Object({
      oid: Type.String({
        minLength: 4,
        maxLength: 256,
        description: 'An oid, its beginning, or a revision.',
      }),
      repository,
    }),
    reply: ShowAnswer,
  }),
  timeline: route({
    method: 'GET',
    path: '/v1/timeline',
    summary: 'List remembered commits, newest first.',
    role: 'reader',
    cost: 'search',
    input: Type.Object({
      repository,
      ...pageFields,
      ...Filters.properties,
    }),
    reply: TimelineAnswer,
  }),
} as const
