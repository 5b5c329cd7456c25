import { AiosError } from '../../contract/errors.ts'
import type { Answers } from '../../contract/route.ts'
import type { routes } from '../../contract/routes.ts'
import type { ProblemDocument, Service } from '../../contract/service.ts'
import type { ClientFrame } from '../../contract/web-socket.ts'
import { questionRoutes } from '../../contract/question-routes.ts'
import type { Pass } from '../guard/pass.ts'
import { createAsks } from './asks.ts'
import type { Feed } from './feed.ts'
import type { Outbox } from './outbox.ts'
import { createSubscription } from './subscription.ts'

/** What a client is answered from. */
export interface ConversationParts {
  readonly service: Pick<Service, 'id' | 'version' | 'protocol'>
  readonly answers: Pick<Answers<typeof routes>, 'recall' | 'repository'>
  readonly feed: Feed
  /** Returns the problem that an error is; a bug is logged. */
  readonly problemOf: (error: unknown) => ProblemDocument
}

/** What is said with one client. */
export interface Conversation {
  /** Does what the frame asks for. Fails with `daemon.version` when the two cannot understand each other. */
  hear(frame: ClientFrame): Promise<void>
  /** Ends what goes on; each question that is being answered is told the error. */
  end(error: AiosError): void
}

/** Begins a conversation with a caller whose questions count against what their pass allows. */
export function createConversation(parts: ConversationParts, outbox: Outbox, pass: Pass): Conversation {
  const gone = new AbortController()
  const { service, answers, problemOf } = parts
  const asks = createAsks(answers.recall, outbox, problemOf)
  const subscription = createSubscription({ ...parts, ...answers }, outbox, gone.signal)

  return {
    async hear(frame) {
      switch (frame.type) {
        case 'hello':
          return greet(frame, service, outbox)
        case 'subscribe':
          return subscription.change(frame)
        case 'ask':
          pass.spend(questionRoutes.recall.cost)
          return asks.begin(frame)
        case 'cancel':
          return asks.cancel(frame.id)
        case 'ping':
          return outbox.send({ type: 'pong', ...idOf(frame), time: new Date().toISOString() })
      }
    },

    end(error) {
      subscription.end()
      gone.abort(error)
      asks.end(error)
    },
  }
}

function greet(
  frame: ClientFrame<'hello'>,
  { id: daemon, version, protocol }: ConversationParts['service'],
  outbox: Outbox,
): void {
  if (frame.protocol !== protocol) {
    throw new AiosError('daemon.version', `The daemon speaks protocol ${protocol}, not ${frame.protocol}.`)
  }
  outbox.send({ type: 'hello', ...idOf(frame), protocol, version, daemon })
}

function idOf({ id }: { readonly id?: string }): { id?: string } {
  return id === undefined ? {} : { id }
}
