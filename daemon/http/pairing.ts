import type { Decision } from '../../contract/caller.ts'
import { AiosError } from '../../contract/errors.ts'
import { cookieName, keyHeader } from '../guard/guard.ts'
import type { NewSession, Sessions } from '../guard/sessions.ts'
import { page } from './html.ts'
import type { Mount } from './mount.ts'

/** What browsers are let in with. */
export interface PairingParts {
  readonly sessions: Sessions
  /** Whether we speak TLS, so that the cookie never travels without. */
  readonly isSecure: boolean
  readonly now: () => number
  readonly onDecision?: (decision: Decision) => void
}

/** Returns the link for a code. What stands behind `#` is sent to no server, and the page takes it away at once. */
export function pairingLink(url: string, code: string): string {
  return `${url}/pair#${code}`
}

/**
 * Returns the page that a pairing link leads to, and what the page calls.
 *
 * Looking at the page uses nothing up, so that whatever follows links ahead of a person does no harm.
 */
export function pairingMounts({ sessions, isSecure, now, onDecision }: PairingParts): Mount[] {
  const open = { role: 'reader', cost: 'cheap', isOpen: true } as const
  return [
    { ...open, method: 'GET', path: '/pair', answer: { reply: () => page(pairingPage) } },
    {
      ...open,
      method: 'POST',
      path: '/pair',
      answer: {
        reply({ body, peer }) {
          const session = sessions.redeem(codeIn(body))
          const decided = { kind: 'login', subject: 'pairing' } as const
          if (session === undefined) {
            onDecision?.({ ...decided, actor: peer, decision: 'refused' })
            throw new AiosError('auth.invalid', 'This link was used already, or is older than two minutes.')
          }
          onDecision?.({ ...decided, actor: session.name, decision: 'allowed', detail: session.role })
          const { role, key, expiresAt } = session
          return {
            type: 'application/json; charset=utf-8',
            text: JSON.stringify({ role, key, expiresAt: new Date(expiresAt).toISOString() }),
            headers: { 'set-cookie': cookieFor(session, isSecure, now()) },
          }
        },
      },
    },
  ]
}

function codeIn(body: unknown): string {
  const code = typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined
  if (typeof code === 'string' && code.length <= 100) return code
  throw new AiosError('request.invalid', 'The body must be `{"code": …}`, with the code of a pairing link.')
}

function cookieFor({ cookie, expiresAt }: NewSession, isSecure: boolean, now: number): string {
  const seconds = Math.floor((expiresAt - now) / 1000)
  const parts = [`${cookieName}=${cookie}`, 'Path=/', `Max-Age=${seconds}`, 'HttpOnly', 'SameSite=Strict']
  return [...parts, ...(isSecure ? ['Secure'] : [])].join('; ')
}

function pairingPage(nonce: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>aios</title>
<style nonce="${nonce}">body { font: 16px/1.5 system-ui; margin: 4em auto; max-width: 34em; padding: 0 1em }</style>
<h1>aios</h1>
<p id="said">Pairing this browser …</p>
<p><a href="/docs">What can be asked</a></p>
<script nonce="${nonce}">
const said = document.getElementById('said')
const code = location.hash.slice(1)
history.replaceState(null, '', '/pair')
// Another link, opened where this page stands already, changes no more than what is behind the #.
addEventListener('hashchange', () => location.reload())
const headers = { 'content-type': 'application/json' }
const paired = async () => {
  const asked = await fetch('/pair', { method: 'POST', headers, body: JSON.stringify({ code }) })
  const told = await asked.json()
  if (!asked.ok) throw new Error(told.detail + ' ' + told.hint)
  localStorage.setItem('${keyHeader}', told.key)
  return 'This browser is paired, as ' + told.role + ', until ' + new Date(told.expiresAt).toLocaleString() + '.'
}
if (code === '') said.textContent = 'Run aios daemon pair, and open the link that it prints.'
else paired().then((text) => { said.textContent = text }, (error) => { said.textContent = error.message })
</script>
</html>
`
}
