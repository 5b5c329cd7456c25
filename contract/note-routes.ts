import Type, { type Static } from 'typebox'
import { RepositoryName } from './answers.ts'
import { route } from './route.ts'

const repository = RepositoryName
const text = Type.String({ minLength: 1, maxLength: 4096 })
const about = Type.Array(Type.String({ minLength: 1, maxLength: 256 }), {
  maxItems: 20,
  description: 'Paths or commit ids.',
})

/** Something about a repository that a person, an agent or a plugin wanted to be known later. */
export const Note = Type.Object({
  id: Type.Integer({ minimum: 1 }),
  repository: Type.String(),
  time: Type.String(),
  by: Type.String({ description: 'Who wrote it: `agent`, `user`, or `plugin ID`.' }),
  text: Type.String({ description: 'Untrusted text.' }),
  about: Type.Array(Type.String()),
})
export type Note = Static<typeof Note>

/** The routes about notes and about how good answers were. */
export const noteRoutes = {
  notes: route({
    method: 'GET',
    path: '/v1/notes',
    summary: 'List the notes about a repository, newest first; with a question, those that fit it.',
    role: 'reader',
    cost: 'cheap',
    input: Type.Object({
      repository,
      question: Type.Optional(Type.String({ minLength: 1, maxLength: 1024 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
    }),
    reply: Type.Object({ items: Type.Array(Note) }),
  }),
  addNote: route({
    method: 'POST',
    path: '/v1/notes',
    summary: 'Keep a note about a repository; secrets are taken out of it first.',
    role: 'writer',
    cost: 'cheap',
    input: Type.Object({
      repository,
      text,
      about: Type.Optional(about),
      by: Type.Optional(Type.Enum(['agent', 'user'])),
    }),
    reply: Note,
  }),
  forgetNote: route({
    method: 'DELETE',
    path: '/v1/notes/:id',
    summary: 'Forget a note.',
    role: 'writer',
    cost: 'cheap',
    input: Type.Object({
      id: Type.String({ minLength: 1, maxLength: 15, description: 'The number of a note.' }),
    }),
    reply: Note,
  }),
  giveFeedback: route({
    method: 'POST',
    path: '/v1/feedback',
    summary: 'Say whether an answer helped; it is kept as a fact in the journal.',
    role: 'writer',
    cost: 'cheap',
    input: Type.Object({
      repository,
      helped: Type.Boolean(),
      tool: Type.Optional(Type.String({ maxLength: 32 })),
      question: Type.Optional(Type.String({ maxLength: 1024 })),
      commits: Type.Optional(Type.Array(Type.String({ pattern: '^[0-9a-f]{4,64}$' }), { maxItems: 20 })),
      comment: Type.Optional(Type.String({ maxLength: 1024 })),
    }),
    reply: Type.Object({ repository: Type.String() }),
  }),
} as const
