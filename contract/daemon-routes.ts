import Type from 'typebox'
import { RepositoryName } from './answers.ts'
import { Capabilities } from './capabilities.ts'
import { ConfigAnswer, ConfigScope } from './config-answer.ts'
import { EventEnvelope } from './events.ts'
import { nextField, pageFields } from './page.ts'
import { route, streamRoute } from './route.ts'
import { DoctorAnswer, StatusAnswer } from './status.ts'

const repository = RepositoryName
const nothing = Type.Object({})

/** The routes about the daemon itself. */
export const daemonRoutes = {
  health: route({
    method: 'GET',
    path: '/healthz',
    summary: 'Say that the daemon is alive, and nothing else: anybody may ask.',
    role: 'reader',
    isOpen: true,
    cost: 'cheap',
    input: nothing,
    reply: Type.Object({ alive: Type.Literal(true) }),
  }),
  identity: route({
    method: 'GET',
    path: '/v1/daemon',
    summary: 'Say which daemon this is, for whoever found its socket.',
    role: 'reader',
    cost: 'cheap',
    input: nothing,
    reply: Type.Object({
      id: Type.String(),
      pid: Type.Integer(),
      version: Type.String(),
      protocol: Type.Integer(),
      ready: Type.Boolean(),
    }),
  }),
  status: route({
    method: 'GET',
    path: '/v1/status',
    summary: 'Say what the daemon holds, what it costs and what is wrong.',
    role: 'reader',
    cost: 'cheap',
    input: nothing,
    reply: StatusAnswer,
  }),
  capabilities: route({
    method: 'GET',
    path: '/v1/capabilities',
    summary: 'Say what can be asked, what can be listened to, and who listens.',
    role: 'reader',
    cost: 'cheap',
    input: nothing,
    reply: Capabilities,
  }),
  doctor: route({
    method: 'POST',
    path: '/v1/doctor',
    summary: 'Look for what is wrong, and mend it if asked.',
    role: 'admin',
    cost: 'heavy',
    task: { when: 'fix', tries: 3, priority: 1 },
    input: Type.Object({ fix: Type.Optional(Type.Boolean()) }),
    reply: DoctorAnswer,
  }),
  stop: route({
    method: 'POST',
    path: '/v1/daemon/stop',
    summary: 'Finish what is running and stop the daemon.',
    role: 'admin',
    cost: 'cheap',
    input: Type.Object({ reason: Type.Optional(Type.String({ maxLength: 200 })) }),
    reply: Type.Object({ pid: Type.Integer() }),
  }),
  events: streamRoute({
    method: 'GET',
    path: '/v1/events',
    summary: 'List what happened, oldest first; with follow, go on as it happens.',
    role: 'reader',
    cost: 'cheap',
    input: Type.Object({
      since: Type.Optional(Type.Integer({ minimum: 0 })),
      follow: Type.Optional(Type.Boolean()),
    }),
    reply: EventEnvelope,
  }),
  pastEvents: route({
    method: 'GET',
    path: '/v1/events/past',
    summary: 'List what happened, oldest first, a page at a time; the oldest are forgotten.',
    role: 'reader',
    cost: 'cheap',
    input: Type.Object({ since: Type.Optional(Type.Integer({ minimum: 0 })), ...pageFields }),
    reply: Type.Object({ items: Type.Array(EventEnvelope), ...nextField }),
  }),
  config: route({
    method: 'GET',
    path: '/v1/config',
    summary: 'Show each setting in force and where it comes from.',
    role: 'reader',
    cost: 'cheap',
    input: Type.Object({ repository: Type.Optional(repository) }),
    reply: ConfigAnswer,
  }),
  setConfig: route({
    method: 'PUT',
    path: '/v1/config',
    summary:
      'Change one setting in your own file or in the repository’s, or take it out; comments in the file stay.',
    role: 'admin',
    cost: 'cheap',
    input: Type.Object({
      key: Type.String({ minLength: 1, maxLength: 256 }),
      value: Type.Optional(
        Type.String({
          maxLength: 4096,
          description: 'As it would stand in YAML; absent, the setting is taken out.',
        }),
      ),
      scope: ConfigScope,
      repository: Type.Optional(repository),
    }),
    reply: ConfigAnswer,
  }),
} as const
