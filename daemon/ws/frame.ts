import { createCheck, type Check } from '../../contract/check.ts'
import { AiosError } from '../../contract/errors.ts'
import { clientFrames, type ClientFrame } from '../../contract/web-socket.ts'

/** The frames that clients may send, each with what holds it to its schema. */
const checks = {
  hello: createCheck(clientFrames.hello.schema),
  subscribe: createCheck(clientFrames.subscribe.schema),
  ask: createCheck(clientFrames.ask.schema),
  cancel: createCheck(clientFrames.cancel.schema),
  ping: createCheck(clientFrames.ping.schema),
} satisfies { [N in keyof typeof clientFrames]: Check<(typeof clientFrames)[N]['schema']> }

/** Returns the JSON object that the text is; undefined when it is none. */
export function parseFrame(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/** Returns what the client says, or throws what is wrong with it. */
export function readFrame(value: Readonly<Record<string, unknown>> | undefined): ClientFrame {
  if (value === undefined) throw new AiosError('ws.frame-invalid', 'A frame is one JSON object.')
  const { type } = value
  if (!isFrameName(type)) {
    const known = Object.keys(checks).join(', ')
    throw new AiosError('ws.frame-invalid', `\`type\` must be one of ${known}.`)
  }
  const check = checks[type]
  if (check.accepts(value)) return value
  const complaints = check.complaints(value).map(({ at, message }) => `\`${at}\` ${message}`)
  throw new AiosError('ws.frame-invalid', `${type}: ${[...new Set(complaints)].slice(0, 5).join('. ')}.`)
}

function isFrameName(type: unknown): type is ClientFrame['type'] {
  return typeof type === 'string' && Object.hasOwn(checks, type)
}
