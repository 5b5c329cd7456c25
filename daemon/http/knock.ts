import type { IncomingMessage } from 'node:http'
import type { Knock } from '../guard/origin.ts'

/** Returns what the guard looks at. */
export function knockOf({ url = '', headers, rawHeaders, socket }: IncomingMessage): Knock {
  return { url, headers, rawHeaders, peer: socket.remoteAddress ?? '' }
}
