import type { EventEnvelope } from '../../contract/events.ts'
import { AiosError } from '../../contract/errors.ts'
import type { Answers } from '../../contract/route.ts'
import type { routes } from '../../contract/routes.ts'
import type { ProblemDocument } from '../../contract/service.ts'
import type { ClientFrame } from '../../contract/web-socket.ts'
import type { Feed } from './feed.ts'
import type { Outbox } from './outbox.ts'

/** What one client hears of what happens. */
export interface Subscription {
  /** Takes the place of what was subscribed to before; that stays when this is refused. */
  change(frame: ClientFrame<'subscribe'>): Promise<void>
  end(): void
}

/** What a subscription is made of. */
export interface SubscriptionParts {
  readonly feed: Feed
  readonly repository: Answers<typeof routes>['repository']
  readonly problemOf: (error: unknown) => ProblemDocument
}

/** Creates the subscription of one client, to nothing yet. The signal is aborted when the client is gone. */
export function createSubscription(
  { feed, repository, problemOf }: SubscriptionParts,
  outbox: Outbox,
  signal: AbortSignal,
): Subscription {
  let unfollow = () => {}
  let changes = 0

  async function idsOf(names: readonly string[]): Promise<string[]> {
    const found = await Promise.all(names.map((name) => repository({ repository: name }, signal)))
    return found.map((status) => status.id)
  }

  return {
    async change({ id, types, repositories, since }) {
      const change = ++changes
      const ids = repositories === undefined ? undefined : await idsOf(repositories)
      // Whoever subscribed again while names were looked up means the later one.
      if (change !== changes || signal.aborted) return
      const latest = feed.latest()
      if (since !== undefined && since > latest) {
        const message = `The newest event has the number ${latest}; ${since} lies ahead of it.`
        throw new AiosError('ws.since-ahead', message)
      }
      unfollow()
      const from = since ?? latest
      outbox.send({ type: 'subscribed', ...(id === undefined ? {} : { id }), since: from, latest })
      unfollow = feed.follow(from, {
        wants: (event) => isWanted(event, types, ids),
        hear: outbox.send,
        miss: (first, last) => outbox.send({ type: 'gap', from: first, to: last }),
        fail: (error) => outbox.send(problemOf(error)),
        isFull: outbox.isFull,
        onDrained: outbox.onDrained,
      })
    },
    end: () => unfollow(),
  }
}

function isWanted(
  { type, repository }: EventEnvelope,
  types: readonly string[] | undefined,
  repositories: readonly string[] | undefined,
): boolean {
  if (types !== undefined && !types.includes(type)) return false
  return repositories === undefined || (repository !== undefined && repositories.includes(repository))
}
