import type { EventEnvelope, Fact } from '../../contract/events.ts'

/** Publishes facts: kept first, then told to everyone who listens. */
export interface Events {
  publish(fact: Fact): void
  subscribe(listener: (event: EventEnvelope) => void): () => void
}

/** Creates the bus of facts. `keep` numbers a fact and writes it down; a failing listener harms nobody else. */
export function createEvents(
  keep: (fact: Fact) => EventEnvelope,
  onListenerError: (error: unknown) => void,
): Events {
  const listeners = new Set<(event: EventEnvelope) => void>()

  return {
    publish(fact) {
      const event = keep(fact)
      for (const listener of listeners) {
        try {
          listener(event)
        } catch (error) {
          onListenerError(error)
        }
      }
    },

    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
