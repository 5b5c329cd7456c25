import type { FastifyReply, FastifyRequest } from 'fastify'
import { takesKey, type Route } from '../../contract/route.ts'
import type { KeptAnswer } from '../store/journal-kept-answers.ts'
import { keyIn, type KeyedRequest, type Once } from './idempotency.ts'
import { foreseen, problemOf } from './problem.ts'

/**
 * Returns the request as one that is to be done once.
 *
 * Undefined when its caller gave it no key, when it changes nothing, and when its answer may be kept nowhere.
 */
export function keyedRequest(
  route: Pick<Route, 'method' | 'role' | 'isSecret'>,
  { headers, url: path, caller }: Pick<FastifyRequest, 'headers' | 'url' | 'caller'>,
  input: unknown,
): KeyedRequest | undefined {
  if (!takesKey(route) || caller === null) return undefined
  const key = keyIn(headers['idempotency-key'])
  return key === undefined ? undefined : { caller: caller.name, key, method: route.method, path, input }
}

/** Returns what the request is answered, now or once more. */
export async function answerKeyed(
  keyed: KeyedRequest,
  once: Once,
  { request, response }: { readonly request: FastifyRequest; readonly response: FastifyReply },
  act: () => Promise<unknown>,
): Promise<unknown> {
  const { answer, isRepeated } = await once.answer(keyed, async () => {
    try {
      const body = JSON.stringify(await act())
      const location = String(response.getHeader('location') ?? '')
      return { ...keptAs(body, 'application/json; charset=utf-8'), status: response.statusCode, location }
    } catch (error) {
      const expected = foreseen(error)
      const tryAgain = 75
      if (expected === undefined || expected.kind.status >= 500 || expected.kind.exit === tryAgain)
        throw error
      const problem = problemOf(expected, request.id)
      return { ...keptAs(JSON.stringify(problem), 'application/problem+json'), status: problem.status }
    }
  })
  void response.code(answer.status).type(answer.type)
  if (answer.location !== '') void response.header('location', answer.location)
  if (isRepeated) void response.header('idempotency-replayed', 'true')
  return answer.body
}

function keptAs(body: string, type: string): Omit<KeptAnswer, 'asked'> {
  return { status: 200, location: '', type, body }
}
