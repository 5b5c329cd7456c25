import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import type { Answers } from '../contract/route.ts'
import type { routes } from '../contract/routes.ts'
import type { Service } from '../contract/service.ts'
import type { Events } from './bus/events.ts'
import { foreseen, problemOf } from './http/problem.ts'
import type { IdleExit } from './idle.ts'
import type { Watch } from './http/watch.ts'
import type { Metrics } from './metrics/metrics.ts'
import type { Journal } from './store/journal.ts'
import { traceIdOf } from './telemetry/trace.ts'
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
  readonly watch: Watch
}

/** Opens the WebSocket over the events that are kept and those that happen. Whoever opens it closes it. */
export function openWebSockets(ground: WebSocketGround): WebSocketDoor {
  const { service, answers, journal, events, logger, idle, metrics, watch } = ground
  return createWebSocketDoor({
    service,
    answersFor: (caller) => watched(answers, `${caller.name} (${caller.door})`, watch),
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

type Every = Answers<typeof routes>

/** Returns the same answers; each question is a trace of its own, and is counted as it is over HTTP. */
function watched(answers: Every, actor: string, watch: Watch): Pick<Every, 'recall' | 'repository'> {
  return {
    repository: answers.repository,
    async recall(input, signal) {
      const began = performance.now()
      const answered = (status: number) =>
        watch.answered('recall', status, (performance.now() - began) / 1000)
      const asked = { route: 'recall', actor, traceId: traceIdOf(undefined), traceparent: undefined }
      try {
        const answer = await watch.within(asked, () => answers.recall(input, signal))
        answered(200)
        return answer
      } catch (error) {
        answered(signal.aborted ? 499 : (foreseen(error)?.kind.status ?? 500))
        throw error
      }
    },
  }
}
