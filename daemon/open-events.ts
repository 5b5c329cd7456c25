import type { Logger } from 'pino'
import { createEvents, type Events } from './bus/events.ts'
import type { Journal } from './store/journal.ts'
import type { Traces } from './telemetry/trace.ts'

/** Facts that are kept; older ones are forgotten when the daemon starts. */
const keptEvents = 100_000

/** Opens the bus of facts over the journal that keeps them. */
export function openEvents(journal: Journal, logger: Logger, now: () => number, traces: Traces): Events {
  journal.prune(keptEvents)
  const events = createEvents(
    (fact) => journal.append(fact, now(), traces.current()?.traceId),
    (error) => logger.error({ err: error }, 'a listener failed'),
  )
  return {
    subscribe: events.subscribe,
    publish(fact) {
      try {
        events.publish(fact)
      } catch (error) {
        // On a full disk a fact cannot be kept; what it tells of has happened all the same, and goes on.
        logger.error({ err: error, fact }, 'a fact was not kept')
      }
    },
  }
}
