import Type, { type Static } from 'typebox'
import { RepositoryName } from './answers.ts'
import { PluginStatus } from './plugin-answers.ts'
import { route } from './route.ts'

/** How a schedule stands. */
export const ScheduleStatus = Type.Object({
  name: Type.String(),
  expression: Type.String({ description: 'Minute, hour, day of the month, month, day of the week.' }),
  next: Type.Optional(
    Type.String({ description: 'When it is due next, in ISO 8601; absent when it never is.' }),
  ),
  listeners: Type.Array(Type.String(), {
    description: 'Who is asked then; when nobody is, nothing happens.',
  }),
  waiting: Type.Array(Type.Object({ plugin: Type.String(), state: PluginStatus.properties.state }), {
    description: 'Plugins that handle it and are not asked as they stand.',
  }),
  repositories: Type.Array(
    Type.Object({
      repository: Type.String(),
      ranAt: Type.Optional(Type.String({ description: 'When it ran last, in ISO 8601.' })),
      failed: Type.Array(Type.String(), { description: 'Who failed in the last run that came to an end.' }),
      isRunning: Type.Boolean(),
    }),
  ),
})
export type ScheduleStatus = Static<typeof ScheduleStatus>

/** What came of one run. */
export const ScheduleRun = Type.Object({
  schedule: Type.String(),
  repository: Type.String(),
  due: Type.String({ description: 'What listeners were told that it is due at: when it was asked for.' }),
  results: Type.Array(
    Type.Object({
      listener: Type.String(),
      status: Type.String({ description: '`ok`, `timeout`, `failed` or `refused`.' }),
      ms: Type.Number({ minimum: 0 }),
      message: Type.Optional(Type.String({ description: 'Why it is not `ok`. Untrusted text.' })),
    }),
    { description: 'In the order in which they were asked.' },
  ),
})
export type ScheduleRun = Static<typeof ScheduleRun>

/** The routes about schedules. */
export const scheduleRoutes = {
  schedules: route({
    method: 'GET',
    path: '/v1/schedules',
    summary: 'List the schedules, when each is due, when it ran, and who listens.',
    role: 'reader',
    cost: 'cheap',
    input: Type.Object({}),
    reply: Type.Object({ items: Type.Array(ScheduleStatus) }),
  }),
  runSchedule: route({
    method: 'POST',
    path: '/v1/schedules/:schedule/run',
    summary: 'Ask the listeners of a schedule now, and wait for them. When it is due next stays as it was.',
    role: 'writer',
    cost: 'heavy',
    input: Type.Object({
      schedule: Type.String({ minLength: 1, maxLength: 64, description: 'The name of a schedule.' }),
      repository: RepositoryName,
    }),
    reply: ScheduleRun,
  }),
} as const
