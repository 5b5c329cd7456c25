import type { Logger } from 'pino'
import type { Fact } from '../contract/events.ts'
import { createEvents, type Events } from './bus/events.ts'
import type { Journal } from './store/journal.ts'
import type { Traces } from './telemetry/trace.ts'

/** Facts that are kept; older ones are forgotten when the daemon starts. */
const keptEvents = 100_000

/** Opens the bus of facts over the journal that keeps them. */
export function openEvents(journal: Journal, logger: Logger, now: () => number, traces: Traces): Events {
  journal.prune(keptEvents)
  const events = createEvents(
    (facts) => journal.append(facts, now(), traces.current()?.traceId),
    (error) => logger.error({ err: error }, 'a listener failed'),
  )

  function publishAll(facts: readonly Fact[]): void {
    try {
      events.publishAll(facts)
    } catch (error) {
      // On a full disk facts cannot be kept; what they tell of has happened all the same, and goes on.
      logger.error({ err: error, facts: facts.slice(0, 10) }, 'facts were not kept')
    }
  }

  return { subscribe: events.subscribe, publish: (fact) => publishAll([fact]), publishAll }
}
