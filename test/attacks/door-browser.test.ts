import { existsSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { apiMounts } from '../../daemon/http/api-mounts.ts'
import { type Doors, knock, openDoorsFor } from '../http/doors.ts'

// A real browser, with pages of our own origin and of others: what they may do, and what they may not.

const program = '/usr/bin/chromium'
const isThere = existsSync(program)
if (!isThere) console.warn(`There is no ${program}: the tests of the doors in a real browser are skipped.`)

describe.skipIf(!isThere)('in a real browser', () => {
  let browser: Browser
  let doors: Doors
  /** What the foreign server was asked. */
  const foreign: IncomingMessage[] = []
  let stranger: Server
  let strangerPort = 0
  let accepted = 0
  const sockets = new WebSocketServer({ noServer: true })
  let context: BrowserContext
  let page: Page

  beforeAll(async () => {
    const rules = ['rebound.example', 'evil.example'].map((name) => `MAP ${name} 127.0.0.1`).join(',')
    // New browsers ask before a page reaches this machine; many do not, and we must not lean on it.
    const lenient = '--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests'
    const args = [lenient, '--no-sandbox', `--host-resolver-rules=${rules}`, '--disable-gpu']
    browser = await chromium.launch({ executablePath: program, args })
    doors = await openDoorsFor({
      mounts: () => apiMounts('1.2.3'),
      upgrades: {
        '/v1/ws': (request, socket, head) => {
          accepted += 1
          sockets.handleUpgrade(request, socket, head, (client) => client.send('hello'))
        },
      },
    })
    stranger = createServer((request, response) => {
      foreign.push(request)
      response.setHeader('content-type', 'text/html')
      response.end('<!doctype html><title>a page of somebody else</title>')
    })
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
    strangerPort = portOf(stranger.address())
  }, 60_000)
  afterAll(async () => {
    await browser.close()
    sockets.close()
    stranger.closeAllConnections()
    stranger.close()
    await doors.close()
  })
  beforeEach(async () => {
    context = await browser.newContext()
    await context.addInitScript({ path: 'test/attacks/page-tools.js' })
    page = await context.newPage()
    doors.called.length = 0
    accepted = 0
  })
  afterEach(() => context.close())

  /** Opens a fresh pairing link and waits until the page says what came of it. */
  async function pair(role: 'reader' | 'admin' = 'reader'): Promise<string> {
    const { url } = await doors.access.answers.pair({ role }, new AbortController().signal)
    await page.goto(url)
    await page.getByText(`paired, as ${role}`).first().waitFor()
    return url
  }

  /** Does something from within the page. */
  const inPage = <Result>(tool: string, ...given: unknown[]) =>
    page.evaluate<Result>(`tools.${tool}(${given.map((one) => JSON.stringify(one)).join(', ')})`)
  const fetchIn = (path: string, options: object = {}) => inPage<string>('ask', path, options)
  const openSocket = (address: string, isKeyed: boolean) => inPage<string>('openSocket', address, isKeyed)

  test('a pairing link lets this browser in, once, and leaves nothing in its address', async () => {
    const link = await pair()
    expect(await page.innerText('body')).toContain('This browser is paired, as reader')
    expect(page.url()).toBe(`${doors.url}/pair`)
    const [cookie] = await context.cookies()
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/', domain: '127.0.0.1' })
    expect(await page.evaluate('document.cookie')).toBe('')
    expect(await fetchIn('/v1/status')).toBe('200 basic')
    expect(doors.called).toEqual(['status'])

    const other = await browser.newContext()
    const late = await other.newPage()
    await late.goto(link)
    await late.getByText('used already').first().waitFor()
    expect(await other.cookies()).toEqual([])
    await other.close()
  })

  test('a paired browser may what its role may, and what changes something too', async () => {
    await pair()
    const body = JSON.stringify({ question: 'when does the tide turn' })
    const headers = { 'content-type': 'application/json' }
    expect(await fetchIn('/v1/recall', { method: 'POST', body, headers })).toBe('200 basic')
    expect(await fetchIn('/v1/daemon/stop', { method: 'POST', body: '{}', headers })).toBe('403 basic')
    await pair('admin')
    expect(await fetchIn('/v1/daemon/stop', { method: 'POST', body: '{}', headers })).toBe('200 basic')
    expect(doors.called).toEqual(['recall', 'stop'])
  })

  test('a paired browser looks at the documentation, by its link and by its address; no other does', async () => {
    await page.goto(`${doors.url}/docs`)
    expect(await page.innerText('body')).toContain('auth.required')
    await pair()
    await page.click('text=What can be asked')
    await page.waitForURL(`${doors.url}/docs`)
    expect(await page.innerText('body')).toContain('/v1/recall')
    const errors: string[] = []
    page.on('console', (message) => errors.push(message.text()))
    await page.goto(`${doors.url}/docs`)
    expect(await page.innerText('body')).toContain('/v1/recall')
    expect(errors).toEqual([])
    await page.goto(`http://evil.example:${strangerPort}/`)
    const refused = page.waitForResponse(`${doors.url}/docs`)
    await page.evaluate(`location.href = ${JSON.stringify(`${doors.url}/docs`)}`)
    expect((await refused).status()).toBe(403)
  })

  test('the page runs nothing but what it brought, and stands in no frame', async () => {
    await pair()
    const ran = await inPage<{ blocked: string[]; isOwned: boolean }>('inject')
    expect(ran.isOwned).toBe(false)
    expect(ran.blocked.toSorted()).toEqual(['img-src', 'script-src-attr', 'script-src-elem'])

    await page.goto(`http://evil.example:${strangerPort}/`)
    const framed = await inPage<string>('frame', `${doors.url}/pair`)
    expect(framed).toBe('shut')
    expect(page.frames().map((frame) => frame.url())).not.toContain(`${doors.url}/pair`)
  })

  test.each(['evil.example', '127.0.0.1'])(
    'a page of %s can ask nothing, read nothing and change nothing, though the browser is paired',
    async (name) => {
      await pair('admin')
      await page.goto(`http://${name}:${strangerPort}/`)
      const json = { 'content-type': 'application/json' }
      const form = { 'content-type': 'text/plain' }
      const post = { method: 'POST', body: '{"question":"x"}', credentials: 'include' } as const
      expect(await fetchIn(`${doors.url}/v1/status`, { credentials: 'include' })).toBe('TypeError')
      expect(await fetchIn(`${doors.url}/healthz`)).toBe('TypeError')
      expect(await fetchIn(`${doors.url}/v1/recall`, { ...post, headers: json })).toBe('TypeError')
      expect(await fetchIn(`${doors.url}/v1/recall`, { ...post, headers: form })).toBe('TypeError')
      expect(await fetchIn(`${doors.url}/v1/recall`, { ...post, mode: 'no-cors' })).toBe('TypeError')
      expect(await fetchIn(`${doors.url}/v1/status`, { mode: 'no-cors', credentials: 'include' })).toBe(
        'TypeError',
      )
      await inPage('sendForm', `${doors.url}/v1/daemon/stop`)
      await page.waitForURL(`${doors.url}/v1/daemon/stop`)
      expect(await page.innerText('body')).toContain('auth.cross-site')
      expect(doors.called).toEqual([])
    },
  )

  test('a name that was rebound to this machine is not ours', async () => {
    await pair('admin')
    await page.goto(`http://rebound.example:${doors.port}/v1/status`)
    expect(await page.innerText('body')).toContain('auth.wrong-host')
    // What a name leads to may change after its page was loaded: the page is then of the daemon's own origin.
    const before = `http://rebound.example:${doors.port}/before`
    await page.route(before, (route) => route.fulfill({ contentType: 'text/html', body: '<title>x</title>' }))
    await page.goto(before)
    expect(await fetchIn('/v1/status')).toBe('421 basic')
    const stop = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }
    expect(await fetchIn('/v1/daemon/stop', stop)).toBe('421 basic')
    expect(await fetchIn('/pair', stop)).toBe('421 basic')
    expect(await openSocket(`ws://rebound.example:${doors.port}/v1/ws`, false)).toBe('refused')
    expect([doors.called, accepted]).toEqual([[], 0])
  })

  test('a WebSocket is opened by our own page with its key, and by no other', async () => {
    await pair()
    const address = `${doors.url.replace('http', 'ws')}/v1/ws`
    expect(await openSocket(address, true)).toBe('hello')
    expect(await openSocket(address, false)).toBe('refused')
    expect(accepted).toBe(1)
    for (const name of ['evil.example', '127.0.0.1']) {
      await page.goto(`http://${name}:${strangerPort}/`)
      expect(await openSocket(address, true)).toBe('refused')
      expect(await openSocket(address, false)).toBe('refused')
    }
    expect(accepted).toBe(1)
  })

  test('a cookie that another program on this machine was sent is worth nothing to it', async () => {
    await pair('admin')
    foreign.length = 0
    await page.goto(`http://127.0.0.1:${strangerPort}/`)
    await inPage('ask', '/again')
    const stolen = foreign.map(({ headers }) => headers.cookie ?? '').find((text) => text !== '')
    // Browsers do not part cookies by port: this is what there is to defend against.
    expect(stolen).toMatch(/^aios_session=/)
    const headers = { cookie: stolen ?? '', origin: doors.url, 'sec-fetch-site': 'same-origin' }
    const { status, body } = await knock(doors.url, '/v1/status', { headers })
    expect([status, body['code']]).toEqual([401, 'auth.invalid'])
    expect(await page.evaluate(`localStorage.getItem('x-aios-key')`)).toBe(null)
    expect(doors.called).toEqual([])
  })
})

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0
}
