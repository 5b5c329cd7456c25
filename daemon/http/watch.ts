import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** Sees what is asked over HTTP. Fails for nobody. */
export interface Watch {
  /** Gives the answer as part of the trace that the request belongs to. */
  within<T>(asked: Asked, answer: () => Promise<T>): Promise<T>
  /** Hears of each answer when all of it was sent; `seconds` is absent for a stream. */
  answered(route: string, status: number, seconds: number | undefined): void
}

declare module 'fastify' {
  interface FastifyContextConfig {
    readonly isStream?: boolean
  }
}

/** What is known of a request before it is answered. */
export interface Asked {
  readonly route: string
  /** Who asks, and through which door; `stranger` where strangers are answered. */
  readonly actor: string
  readonly traceId: string
  readonly traceparent: string | undefined
}

type Handler = (request: FastifyRequest, response: FastifyReply) => Promise<unknown>

/** Returns the handler, watched if somebody watches. */
export function watched(watch: Watch | undefined, route: string, handler: Handler): Handler {
  if (watch === undefined) return handler
  return (request, response) => {
    const { caller, id, headers } = request
    const actor = caller === null ? 'stranger' : `${caller.name} (${caller.door})`
    const asked = { route, actor, traceId: id, traceparent: traceparentOf(headers) }
    return watch.within(asked, () => handler(request, response))
  }
}

/** Tells of every answer, those that were refused before anybody was asked included. */
export function countAnswers(app: FastifyInstance, watch: Watch): void {
  app.addHook('onResponse', async ({ routeOptions }, { statusCode, elapsedTime }) => {
    const { subject = 'unknown', isStream = false } = routeOptions.config
    watch.answered(subject, statusCode, isStream ? undefined : elapsedTime / 1000)
  })
}

/** Returns the header that names the trace of a request. */
export function traceparentOf({ traceparent }: IncomingHttpHeaders): string | undefined {
  return typeof traceparent === 'string' ? traceparent : undefined
}
