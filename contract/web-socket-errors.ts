import type { ErrorKind } from './error-kind.ts'

/** What goes wrong at the WebSocket. */
export const webSocketErrors = {
  'ws.upgrade-needed': {
    status: 426,
    exit: 2,
    hint: 'Open it with a WebSocket client, version 13; docs/reference/websocket.md has an example.',
  },
  'ws.frame-invalid': {
    status: 400,
    exit: 2,
    hint: 'Correct what the message names; docs/reference/websocket.md lists every frame.',
  },
  'ws.flood': { status: 429, exit: 75, hint: 'Send fewer frames, then connect again.' },
  'ws.busy': { status: 429, exit: 75, hint: 'Wait for an answer, or cancel a question first.' },
  'ws.too-many': { status: 503, exit: 75, hint: 'Close a WebSocket that nobody needs, then connect again.' },
  'ws.since-ahead': {
    status: 409,
    exit: 1,
    hint: 'The journal was lost or replaced. Read the state anew, then subscribe without `since`.',
  },
} as const satisfies Record<string, ErrorKind>
