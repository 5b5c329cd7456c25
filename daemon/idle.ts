import type { Answers } from '../contract/route.ts'
import type { routes } from '../contract/routes.ts'

/** Ends a daemon that nobody asks. */
export interface IdleExit {
  /** Returns the same answers; the wait begins anew with each question and with each answer that ends. */
  watching(answers: Answers<typeof routes>): Answers<typeof routes>
  /** Counts somebody who is there without asking. Returns how to let go. */
  hold(): () => void
  close(): void
}

/** When a daemon is idle, and what happens then. */
export interface IdleOptions {
  /** 0 is for ever. */
  readonly minutes: number
  /** Says whether there is work that nobody asked about. */
  readonly isBusy: () => boolean
  readonly onIdle: () => void
}

/** Creates the wait. Whoever follows a stream is still asking. */
export function createIdleExit({ minutes, isBusy, onIdle }: IdleOptions): IdleExit {
  let timer: NodeJS.Timeout | undefined
  let asking = 0

  function restart(): void {
    clearTimeout(timer)
    if (minutes > 0) timer = setTimeout(end, minutes * 60_000).unref()
  }

  function end(): void {
    if (asking > 0 || isBusy()) restart()
    else onIdle()
  }

  function begin(): void {
    asking += 1
    restart()
  }

  function finish(): void {
    asking -= 1
    restart()
  }

  async function* watched(stream: AsyncIterable<unknown>): AsyncGenerator<unknown> {
    begin()
    try {
      yield* stream
    } finally {
      finish()
    }
  }

  /** Returns the answer of one question, counted while it is given. */
  function counted(answer: unknown): unknown {
    if (isStream(answer)) return watched(answer)
    begin()
    return Promise.resolve(answer).finally(finish)
  }

  restart()
  return {
    hold() {
      begin()
      return finish
    },
    watching: (answers) =>
      new Proxy(answers, {
        get(target, name, receiver) {
          const answer: unknown = Reflect.get(target, name, receiver)
          if (typeof answer !== 'function') return answer
          return (...input: unknown[]) => counted(Reflect.apply(answer, target, input))
        },
      }),
    close: () => clearTimeout(timer),
  }
}

function isStream(answer: unknown): answer is AsyncIterable<unknown> {
  return typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer
}
