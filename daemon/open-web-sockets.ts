import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import type { Answers } from '../contract/route.ts'
import type { routes } from '../contract/routes.ts'
import type { Service } from '../contract/service.ts'
import type { Events } from './bus/events.ts'
import { foreseen, problemOf } from './http/problem.ts'
import type { IdleExit } from './idle.ts'
import type { Metrics } from './metrics/metrics.ts'
import type { Journal } from './store/journal.ts'
import { createWebSocketDoor, type WebSocketDoor } from './ws/door.ts'

/** What the WebSocket is opened with. */
export interface WebSocketGround {
  readonly service: Service
  readonly answers: Answers<typeof routes>
  readonly journal: Journal
  readonly events: Events
  readonly logger: Logger
  readonly idle: Pick<IdleExit, 'hold'>
  readonly metrics: Pick<Metrics, 'webSocketDropped'>
}

/** Opens the WebSocket over the events that are kept and those that happen. Whoever opens it closes it. */
export function openWebSockets(ground: WebSocketGround): WebSocketDoor {
  const { service, answers, journal, events, logger, idle, metrics } = ground
  return createWebSocketDoor({
    service,
    answers,
    events: { since: journal.since, latest: journal.latest, subscribe: events.subscribe },
    hold: idle.hold,
    onDropped(why) {
      metrics.webSocketDropped(1)
      logger.debug({ why }, 'a WebSocket was dropped')
    },
    problemOf(error) {
      const expected = foreseen(error)
      const traceId = randomBytes(16).toString('hex')
      if (expected === undefined) logger.error({ err: error, traceId }, 'a frame was not answered')
      return problemOf(expected, traceId)
    },
  })
}
