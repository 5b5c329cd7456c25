import { pino, type Logger } from 'pino'
import type { Config } from '../contract/config.ts'
import { logStream } from './log-stream.ts'
import type { Traces } from './telemetry/trace.ts'

/** Fields that hold what nobody else should read, wherever they stand. */
const secretFields = ['authorization', 'cookie', 'password', 'secret', 'token', 'key']

/** What is taken out of every line, whoever writes it. */
export const logRedaction = {
  paths: secretFields.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
  censor: '[redacted]',
}

/** Opens the daemon’s log. A line that was written while somebody was answered carries the id of their trace. */
export function openLog(level: Config['daemon']['logLevel'], traces: Traces): Logger {
  const mixin = () => {
    const trace = traces.current()
    return trace === undefined ? {} : { traceId: trace.traceId }
  }
  return pino({ level, mixin, redact: logRedaction }, logStream)
}
