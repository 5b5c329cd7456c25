import type { EventEnvelope, Fact } from '../../contract/events.ts'

/** Publishes facts: kept first, then told to everyone who listens. */
export interface Events {
  publish(fact: Fact): void
  /** Publishes facts of which all are kept, in one write, before the first is told. */
  publishAll(facts: readonly Fact[]): void
  subscribe(listener: (event: EventEnvelope) => void): () => void
}

/** Creates the bus of facts. `keep` numbers facts and writes them down; a failing listener harms nobody else. */
export function createEvents(
  keep: (facts: readonly Fact[]) => readonly EventEnvelope[],
  onListenerError: (error: unknown) => void,
): Events {
  const listeners = new Set<(event: EventEnvelope) => void>()

  function tell(event: EventEnvelope): void {
    for (const listener of listeners) {
      try {
        listener(event)
      } catch (error) {
        onListenerError(error)
      }
    }
  }

  function publishAll(facts: readonly Fact[]): void {
    for (const event of keep(facts)) tell(event)
  }

  return {
    publish: (fact) => publishAll([fact]),
    publishAll,

    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
