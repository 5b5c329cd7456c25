import Type, { type Static } from 'typebox'

/** Rises when a client of before can no longer talk to a daemon of now. */
export const protocol = 1

/** How a running daemon is found: the content of `service.json`, believed only after a probe. */
export const Service = Type.Object({
  id: Type.String(),
  version: Type.String(),
  protocol: Type.Integer(),
  pid: Type.Integer(),
  socket: Type.String(),
  url: Type.String(),
  startedAt: Type.String(),
})
export type Service = Static<typeof Service>

/** An error as it travels (RFC 9457). */
export const ProblemDocument = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String(),
  detail: Type.String(),
  hint: Type.String(),
  traceId: Type.String(),
})
export type ProblemDocument = Static<typeof ProblemDocument>
