import type { Schema } from '../../contract/validate.ts'
import {
  clientFrames,
  closeCodes,
  serverFrames,
  webSocketLimits,
  webSocketPath,
} from '../../contract/web-socket.ts'
import { cell, fieldTable } from './schema-words.ts'

/** Returns the reference page of the WebSocket. */
export function webSocketPage(): string {
  const said = sectionsOf('A client says', clientFrames)
  const answered = sectionsOf('The daemon says', serverFrames)
  const codes = Object.values(closeCodes).map(({ code, reason }) => `| ${code} | ${cell(reason)} |`)
  return `${[head, ...said, ...answered, `${closing}\n${codes.join('\n')}`].join('\n\n')}\n`
}

interface Frame {
  readonly summary: string
  readonly schema: Schema
}

function sectionsOf(who: string, frames: Readonly<Record<string, Frame>>): string[] {
  return Object.entries(frames).map(
    ([name, { summary, schema }]) => `## ${who} \`${name}\`\n\n${summary}\n\n${fieldTable('Field', schema)}`,
  )
}

const { frameBytes, framesPerSecond, framesAtOnce, questionsAtOnce, bufferBytes, connections, heartbeatMs } =
  webSocketLimits

const head = `<!-- Made from contract/web-socket.ts by \`npm run generate\`; changes made here are lost. -->

# WebSocket

At \`${webSocketPath}\`, on the Unix socket and on TCP. Frames are JSON in text, one object each; nothing is compressed. A
field with \`?\` may be left out, and one that is not named here is refused.

\`\`\`
→ {"type": "subscribe", "types": ["memory.remembered"], "since": 41}
← {"type": "subscribed", "since": 41, "latest": 42}
← {"seq": 42, "id": "…", "type": "memory.remembered", "repository": "tide-1", "time": "…", "data": {…}}
→ {"type": "ask", "id": "q1", "question": "why do we retry twice", "repository": "tide-1"}
← {"type": "hit", "id": "q1", "rank": 1, "hit": {…}}
← {"type": "done", "id": "q1", "hits": 1, "kind": "prose", "abstained": false, "tookMs": 12}
\`\`\`

**Resuming.** Events are numbered without gaps, and numbers outlive the daemon. Keep the \`seq\` of the last event that you
saw, and subscribe \`since\` it after a connection has ended, however it ended: what happened meanwhile comes first, each
event once and in order. Where events are not kept any more, a \`gap\` says so before the next one.

**Limits.** A frame has at most ${frameBytes / 1024} KiB. A client may send ${framesAtOnce} frames at once and ${framesPerSecond} a second after that, and have
${questionsAtOnce} questions answered at a time. When more than ${bufferBytes / 1024 ** 2} MiB wait for a client that does not read, it is cut. Each client is
asked for a sign of life every ${heartbeatMs / 1000} s with a ping of the protocol, which every library answers by itself; who has not
answered by the next one is gone. At most ${connections} clients are served.

**Mistakes.** What cannot be done is answered with a problem document (RFC 9457), which carries the \`id\` of its frame, and
the connection stays. What is not a frame at all ends the connection with the code below.`

const closing = `## Why the daemon ends a connection

| Code | Reason |
| --- | --- |`
