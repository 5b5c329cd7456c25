import Type, { type Static } from 'typebox'
import { Hit, RecallAnswer, RepositoryName } from './answers.ts'
import { EventEnvelope, eventTypes } from './events.ts'
import { questionRoutes } from './question-routes.ts'
import { ProblemDocument } from './service.ts'

/** Where a WebSocket is opened. */
export const webSocketPath = '/v1/ws'
/** The subprotocol that is spoken there. Need not be asked for, except by browsers. */
export const webSocketProtocol = 'aios.v1'

/** What a client of the WebSocket may rely on, and is held to. */
export const webSocketLimits = {
  /** Bytes of one frame from a client. */
  frameBytes: 64 * 1024,
  /** Characters of an id that a client gives a frame. */
  idLength: 64,
  /** Frames from a client, pings of the protocol among them: so many at once, and so many a second after that. */
  framesAtOnce: 200,
  framesPerSecond: 50,
  /** Questions of a client that are answered at the same time. */
  questionsAtOnce: 4,
  /** Bytes that may wait for a client that reads slower than things happen; then it is cut. */
  bufferBytes: 1024 * 1024,
  /** Clients at the same time. */
  connections: 2048,
  /** Each client is asked for a sign of life so often; who gave none by the next time is gone. */
  heartbeatMs: 30_000,
} as const

/** How a WebSocket ends from the daemon's side, by what happened (RFC 6455, section 7.4). */
export const closeCodes = {
  stopping: { code: 1001, reason: 'The daemon is shutting down; connect again in a moment.' },
  binary: { code: 1003, reason: 'Frames are JSON in text, never binary.' },
  malformed: { code: 1007, reason: 'A frame is one JSON object.' },
  refused: { code: 1008, reason: 'The daemon speaks another protocol.' },
  flood: { code: 1008, reason: 'Too many frames.' },
  expired: { code: 1008, reason: 'You would not be let in any more; show what is valid now.' },
  tooLarge: { code: 1009, reason: 'The frame is too large.' },
  slow: { code: 1013, reason: 'You read too slowly; subscribe again since the last number that you saw.' },
} as const

const id = Type.String({
  minLength: 1,
  maxLength: webSocketLimits.idLength,
  description: 'Yours to choose; what answers the frame carries it.',
})
const answered = Type.Optional(Type.String({ description: 'Of the frame that is answered.' }))
const number = Type.Integer({ minimum: 0 })

/** What an answer says beside its hits, and beside the question that its id stands for. */
const { question: _question, hits: _hits, ...besideHits } = RecallAnswer.properties

/** Everything that a client may say. */
export const clientFrames = {
  hello: {
    summary: 'Say which protocol you speak. May be left out; another protocol than the daemon’s is refused.',
    schema: Type.Object({
      type: Type.Literal('hello'),
      id: Type.Optional(id),
      protocol: Type.Integer({ minimum: 1 }),
    }),
  },
  subscribe: {
    summary:
      'Hear what happens, oldest first; with `since`, what happened after that number as well, across restarts ' +
      'of the daemon. Takes the place of what was subscribed to before.',
    schema: Type.Object({
      type: Type.Literal('subscribe'),
      id: Type.Optional(id),
      types: Type.Optional(
        Type.Array(Type.Enum(Object.keys(eventTypes)), {
          maxItems: 100,
          description: 'Only events of these types; all when absent.',
        }),
      ),
      repositories: Type.Optional(
        Type.Array(RepositoryName, {
          maxItems: 100,
          description: 'Only what concerns these; all, and the daemon itself, when absent.',
        }),
      ),
      since: Type.Optional(
        Type.Integer({
          minimum: 0,
          description: 'The number of the last event that you saw; now when absent.',
        }),
      ),
    }),
  },
  ask: {
    summary: 'Ask what is remembered, as `POST /v1/recall` does. Hits come one by one, then `done`.',
    schema: Type.Object({ type: Type.Literal('ask'), id, ...questionRoutes.recall.input.properties }),
  },
  cancel: {
    summary: 'Stop answering a question. Does nothing when it has been answered.',
    schema: Type.Object({ type: Type.Literal('cancel'), id }),
  },
  ping: {
    summary: 'Ask for a sign of life.',
    schema: Type.Object({ type: Type.Literal('ping'), id: Type.Optional(id) }),
  },
} as const

/** The name of something that a client may say. */
export type ClientFrameName = keyof typeof clientFrames

/** What a client says. */
export type ClientFrame<N extends ClientFrameName = ClientFrameName> = {
  [M in N]: Static<(typeof clientFrames)[M]['schema']>
}[N]

/**
 * Everything that the daemon says. What happened is sent as the envelope it is kept in: its `type` has a dot, that
 * of a problem begins with `urn:`, and that of everything else is the name of its frame.
 */
export const serverFrames = {
  hello: {
    summary: 'Answers `hello`.',
    schema: Type.Object({
      type: Type.Literal('hello'),
      id: answered,
      protocol: Type.Integer(),
      version: Type.String(),
      daemon: Type.String({ description: 'Another one after each start.' }),
    }),
  },
  subscribed: {
    summary: 'Answers `subscribe`. What follows is numbered above `since`.',
    schema: Type.Object({
      type: Type.Literal('subscribed'),
      id: answered,
      since: number,
      latest: Type.Integer({ minimum: 0, description: 'The number of the newest event there is.' }),
    }),
  },
  event: { summary: 'Something that happened.', schema: EventEnvelope },
  gap: {
    summary: 'These events are not kept any more, and will not come. Both numbers belong to the gap.',
    schema: Type.Object({ type: Type.Literal('gap'), from: number, to: number }),
  },
  hit: {
    summary: 'One answer to a question, the best first.',
    schema: Type.Object({
      type: Type.Literal('hit'),
      id,
      rank: Type.Integer({ minimum: 1 }),
      hit: Hit,
    }),
  },
  done: {
    summary: 'A question is answered: what `POST /v1/recall` says beside the hits.',
    schema: Type.Object({ type: Type.Literal('done'), id, hits: number, ...besideHits }),
  },
  cancelled: {
    summary: 'A question is not answered any further, as was asked for.',
    schema: Type.Object({ type: Type.Literal('cancelled'), id }),
  },
  pong: {
    summary: 'Answers `ping`.',
    schema: Type.Object({ type: Type.Literal('pong'), id: answered, time: Type.String() }),
  },
  problem: {
    summary:
      'What was asked for did not happen (RFC 9457). The connection stays, unless it is closed with a code.',
    schema: Type.Object({ ...ProblemDocument.properties, id: answered }),
  },
} as const

/** What the daemon says, all but events: those are sent as they are kept. */
export type ServerFrame = {
  [N in Exclude<keyof typeof serverFrames, 'event'>]: Static<(typeof serverFrames)[N]['schema']>
}[Exclude<keyof typeof serverFrames, 'event'>]
