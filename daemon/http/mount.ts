import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { Caller } from '../../contract/caller.ts'
import { type Admission, callerOf } from './entrance.ts'

/** What a page or a text answers. */
export interface MountReply {
  readonly type: string
  readonly text: string
  readonly headers?: Readonly<Record<string, string>>
}

/** What a mount is asked. */
export interface MountCall {
  /** Absent for a stranger, where strangers are answered. */
  readonly caller?: Caller
  /** The parsed body; undefined without one. */
  readonly body: unknown
  /** The address that it came from. */
  readonly peer: string
}

/** Something that is answered beside the routes of the contract, behind the same guard. */
export interface Mount extends Admission {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: `/${string}`
  /** Bytes that its body may have, where that is not what all others may. */
  readonly bodyBytes?: number
  /** Answers with a text; or takes the response over and writes it itself. */
  readonly answer:
    | { readonly reply: (call: MountCall) => Promise<MountReply> | MountReply }
    | {
        readonly take: (
          request: IncomingMessage,
          response: ServerResponse,
          body: unknown,
          caller: Caller,
        ) => Promise<void>
      }
}

/** Serves what stands beside the contract. */
export function serveMount(app: FastifyInstance, mount: Mount): void {
  const { method, path, bodyBytes, answer } = mount
  app.route({
    method,
    url: path,
    ...(bodyBytes === undefined ? {} : { bodyLimit: bodyBytes }),
    config: { admission: mount, subject: `${method} ${path}` },
    handler: async (request, response) => {
      if ('take' in answer) {
        const caller = callerOf(request)
        response.hijack()
        await answer.take(request.raw, response.raw, request.body, caller).catch((error: unknown) => {
          request.log.error({ err: error, url: request.url }, 'a mount failed')
          response.raw.destroy()
        })
        return
      }
      const { caller, body } = request
      const peer = request.raw.socket.remoteAddress ?? ''
      const reply = await answer.reply({ body, peer, ...(caller === null ? {} : { caller }) })
      for (const [name, value] of Object.entries(reply.headers ?? {})) response.raw.setHeader(name, value)
      return response.type(reply.type).send(reply.text)
    },
  })
}
