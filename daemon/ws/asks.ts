import { AiosError } from '../../contract/errors.ts'
import type { Answers } from '../../contract/route.ts'
import type { routes } from '../../contract/routes.ts'
import type { ProblemDocument } from '../../contract/service.ts'
import { webSocketLimits, type ClientFrame, type ServerFrame } from '../../contract/web-socket.ts'
import type { Outbox } from './outbox.ts'

/** The questions of one client that are being answered. Each ends with one frame: done, cancelled or a problem. */
export interface Asks {
  /** Begins to answer; refuses a question whose id is taken, and one too many. */
  begin(frame: ClientFrame<'ask'>): void
  cancel(id: string): void
  /** Ends all of them at once, with a problem each. */
  end(error: AiosError): void
}

/** Creates the questions of one client, answered as the route answers them. */
export function createAsks(
  recall: Answers<typeof routes>['recall'],
  outbox: Outbox,
  problemOf: (error: unknown) => ProblemDocument,
): Asks {
  const running = new Map<string, AbortController>()

  async function answer({ type: _type, id, ...input }: ClientFrame<'ask'>, asked: AbortController) {
    const { signal } = asked
    try {
      const { question: _question, hits, ...rest } = await recall(input, signal)
      for (const [index, hit] of hits.entries()) {
        await outbox.drained(signal)
        outbox.send({ type: 'hit', id, rank: index + 1, hit })
      }
      settle(id, asked, { type: 'done', id, hits: hits.length, ...rest })
    } catch (error) {
      settle(id, asked, signal.aborted ? { type: 'cancelled', id } : { ...problemOf(error), id })
    }
  }

  function settle(id: string, asked: AbortController, frame: ServerFrame): void {
    if (running.get(id) !== asked) return
    running.delete(id)
    outbox.send(frame)
  }

  return {
    begin(frame) {
      if (running.has(frame.id)) {
        throw new AiosError('ws.frame-invalid', `A question with the id \`${frame.id}\` is being answered.`)
      }
      if (running.size >= webSocketLimits.questionsAtOnce) {
        const most = webSocketLimits.questionsAtOnce
        throw new AiosError('ws.busy', `${most} questions of this connection are being answered.`)
      }
      const asked = new AbortController()
      running.set(frame.id, asked)
      void answer(frame, asked)
    },

    cancel: (id) => running.get(id)?.abort(),

    end(error) {
      for (const [id, asked] of running) {
        settle(id, asked, { ...problemOf(error), id })
        asked.abort(error)
      }
    },
  }
}
