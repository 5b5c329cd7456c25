import { AiosError } from '../../contract/errors.ts'
import { webSocketPath } from '../../contract/web-socket.ts'
import { docsPage } from './docs-page.ts'
import { page } from './html.ts'
import type { Mount } from './mount.ts'
import { openApi } from './openapi.ts'

/** Returns what documents the API, for programs and for people, and who asks for a WebSocket without becoming one. */
export function apiMounts(version: string): Mount[] {
  const reader = { method: 'GET', role: 'reader', cost: 'cheap' } as const
  return [
    {
      ...reader,
      path: '/openapi.json',
      isPage: true,
      answer: { reply: () => ({ type: 'application/json', text: JSON.stringify(openApi(version)) }) },
    },
    {
      ...reader,
      path: '/docs',
      isPage: true,
      answer: { reply: () => page((nonce) => docsPage(version, nonce)) },
    },
    { ...reader, path: webSocketPath, answer: { reply: refuse } },
  ]
}

function refuse(): never {
  throw new AiosError(
    'ws.upgrade-needed',
    'This address speaks WebSocket, and the request does not ask for it.',
  )
}
