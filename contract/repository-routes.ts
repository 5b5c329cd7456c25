import Type from 'typebox'
import { RepositoryName } from './answers.ts'
import { Progress } from './events.ts'
import { nextField, pageFields } from './page.ts'
import { route, streamRoute } from './route.ts'
import { RepositoryStatus, Suggestions } from './status.ts'

const repository = RepositoryName
/** The routes about registered repositories. */
export const repositoryRoutes = {
  repositories: route({
    method: 'GET',
    path: '/v1/repositories',
    summary: 'List the registered repositories.',
    role: 'reader',
    cost: 'cheap',
    input: Type.Object(pageFields),
    reply: Type.Object({ items: Type.Array(RepositoryStatus), ...nextField }),
  }),
  addRepository: route({
    method: 'POST',
    path: '/v1/repositories',
    summary: 'Register a repository and remember its history. Does nothing when that is done already.',
    role: 'writer',
    cost: 'heavy',
    // Once: reading that fails is tried again by itself, for as long as it takes.
    task: { tries: 1, priority: 3 },
    input: Type.Object({ path: Type.String({ minLength: 1, maxLength: 4096 }) }),
    reply: Type.Object({ repository: RepositoryStatus, added: Type.Boolean() }),
  }),
  repository: route({
    method: 'GET',
    path: '/v1/repositories/:repository',
    summary: 'Say how one repository stands.',
    role: 'reader',
    cost: 'cheap',
    input: Type.Object({ repository }),
    reply: RepositoryStatus,
  }),
  forgetRepository: route({
    method: 'DELETE',
    path: '/v1/repositories/:repository',
    summary: 'Stop watching a repository; with purge, delete everything remembered of it.',
    role: 'admin',
    cost: 'heavy',
    input: Type.Object({ repository, purge: Type.Optional(Type.Boolean()) }),
    reply: Type.Object({ id: Type.String(), purged: Type.Boolean() }),
  }),
  reindexRepository: route({
    method: 'POST',
    path: '/v1/repositories/:repository/reindex',
    summary: 'Throw away what is remembered of a repository and read it again from git.',
    role: 'admin',
    cost: 'heavy',
    task: { tries: 5, priority: 3 },
    input: Type.Object({ repository }),
    reply: RepositoryStatus,
  }),
  catchUp: route({
    method: 'POST',
    path: '/v1/repositories/:repository/catch-up',
    summary: 'Look for new commits now; with wait, answer when they are remembered.',
    role: 'writer',
    cost: 'cheap',
    input: Type.Object({ repository, wait: Type.Optional(Type.Boolean()) }),
    reply: RepositoryStatus,
  }),
  followProgress: streamRoute({
    method: 'GET',
    path: '/v1/repositories/:repository/progress',
    summary: 'Follow an ingestion until it is done: one progress a line; the last one is idle.',
    role: 'reader',
    cost: 'cheap',
    input: Type.Object({ repository }),
    reply: Progress,
  }),
  suggestions: route({
    method: 'GET',
    path: '/v1/repositories/:repository/suggestions',
    summary: 'Sum up what is known of a repository, and name commands whose answers are worth seeing.',
    role: 'reader',
    cost: 'search',
    input: Type.Object({ repository }),
    reply: Suggestions,
  }),
} as const
