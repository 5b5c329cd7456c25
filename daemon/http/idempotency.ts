import { createHash } from 'node:crypto'
import { AiosError } from '../../contract/errors.ts'
import type { KeptAnswer, KeptAnswers } from '../store/journal-kept-answers.ts'

/** A request that is to be done once, however often it is sent. */
export interface KeyedRequest {
  /** Whose key it is: two callers may have made up the same. */
  readonly caller: string
  readonly key: string
  readonly method: string
  readonly path: string
  readonly input: unknown
}

/** What a caller is answered, and whether it is what another request was answered before. */
export interface AnswerOnce {
  readonly answer: KeptAnswer
  readonly isRepeated: boolean
}

/** Answers requests with a key of their own once, and then the same again (draft-ietf-httpapi-idempotency-key-header). */
export interface Once {
  /**
   * Returns the answer that was given to the same request before, or what `act` answers now.
   *
   * Fails with `request.key-reused` when another request had the key, and with `request.key-busy` while the
   * first is being answered. What `act` throws is no answer, and is not kept.
   */
  answer(request: KeyedRequest, act: () => Promise<Omit<KeptAnswer, 'asked'>>): Promise<AnswerOnce>
  /**
   * Returns an id that the same request has on the same day: of the task that does it, so that there is one,
   * though the daemon died between its beginning and its answer.
   */
  idOf(request: KeyedRequest): string
}

const keptMs = 24 * 3_600_000

/** Creates it over the answers that are kept. `now` is in milliseconds. */
export function createOnce(kept: KeptAnswers, now: () => number, onTrouble: (error: unknown) => void): Once {
  const running = new Map<string, string>()

  return {
    idOf(request) {
      const { caller, key } = request
      const day = Math.floor(now() / keptMs)
      return sha256([caller, key, hashOf(request), day]).slice(0, 32)
    },

    async answer(request, act) {
      const { caller, key } = request
      const asked = hashOf(request)
      const name = JSON.stringify([caller, key])
      const former = kept.find(caller, key, now() - keptMs)
      const sameKey = former?.asked ?? running.get(name)
      if (sameKey !== undefined && sameKey !== asked) throw reused(key)
      if (former !== undefined) return { answer: former, isRepeated: true }
      if (sameKey !== undefined) throw busy(key)
      running.set(name, asked)
      try {
        const answer = { ...(await act()), asked }
        keep(request, answer)
        return { answer, isRepeated: false }
      } finally {
        running.delete(name)
      }
    },
  }

  /** What was done is done, whether or not it can be written down that it was. */
  function keep({ caller, key }: KeyedRequest, answer: KeptAnswer): void {
    try {
      kept.keep(caller, key, answer, now(), now() - keptMs)
    } catch (error) {
      onTrouble(error)
    }
  }
}

const longestKey = 255

/** Returns the key of an `Idempotency-Key` header; undefined when there is none. Fails when it cannot be a key. */
export function keyIn(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined
  const text = typeof header === 'string' ? header.trim() : ''
  // The draft asks for a quoted string; most clients send the bare one.
  const key = /^"([\x21\x23-\x5b\x5d-\x7e ]+)"$/.exec(text)?.[1] ?? /^[\w.:/+=@-]+$/.exec(text)?.[0]
  if (key !== undefined && key.length <= longestKey) return key
  const message = `An Idempotency-Key is one text of 1 to ${longestKey} printable characters, such as a UUID.`
  throw new AiosError('request.invalid', message)
}

function hashOf({ method, path, input }: KeyedRequest): string {
  return sha256([method, path, sorted(input)])
}

function sha256(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}

/** Two bodies are the same when they say the same, in whichever order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).map(([name, part]): [string, unknown] => [name, sorted(part)])
  return fields.toSorted(([one], [other]) => (one < other ? -1 : 1))
}

function reused(key: string): AiosError {
  return new AiosError('request.key-reused', `Another request had the Idempotency-Key ${key} before.`)
}

function busy(key: string): AiosError {
  return new AiosError('request.key-busy', `The request with the Idempotency-Key ${key} is being answered.`)
}
