import { existsSync } from 'node:fs'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { webSocketPath } from '../../contract/web-socket.ts'
import { apiMounts } from '../../daemon/http/api-mounts.ts'
import { type Doors, openDoorsFor } from '../http/doors.ts'
import { fact, openDoorFor, type OpenDoor } from '../ws/door.ts'

// A real browser that was paired: what it sees of the documentation, and what it hears over the WebSocket.

const program = '/usr/bin/chromium'
const isThere = existsSync(program)
if (!isThere) console.warn(`There is no ${program}: the documentation is not looked at in a real browser.`)

describe.skipIf(!isThere)('in a paired browser', () => {
  let browser: Browser
  let doors: Doors
  let page: Page
  const complaints: string[] = []
  const asked: string[] = []
  let events: OpenDoor

  beforeAll(async () => {
    events = await openDoorFor({})
    doors = await openDoorsFor({
      mounts: () => apiMounts('1.2.3'),
      upgrades: { [webSocketPath]: events.door.accept },
    })
    browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox', '--disable-gpu'] })
    page = await browser.newPage()
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    const { url } = await doors.access.answers.pair({}, new AbortController().signal)
    await page.goto(url)
    await page.getByText('paired').first().waitFor()
  }, 60_000)
  afterAll(async () => {
    await browser.close()
    await events.close()
    await doors.close()
  })

  test('the page is shown as it is meant, from one request, and its policy is broken nowhere', async () => {
    complaints.length = 0
    asked.length = 0
    await page.goto(`${doors.url}/docs`)
    expect(await page.title()).toBe('aios 1.2.3: the API')
    expect(await page.evaluate(`getComputedStyle(document.querySelector('table')).borderCollapse`)).toBe(
      'collapse',
    )
    expect(asked.filter((path) => path !== '/favicon.ico')).toEqual(['/docs'])
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([])
  })

  test('it fits a narrow screen, and the keyboard leads past its contents', async () => {
    await page.setViewportSize({ width: 320, height: 640 })
    await page.goto(`${doors.url}/docs`)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320)
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the routes')
    await page.keyboard.press('Enter')
    expect(page.url()).toBe(`${doors.url}/docs#routes`)
    await page.click('a[href="#route-recall"]')
    expect(await page.innerText('article:target h3')).toBe('POST /v1/recall')
  })

  test('the WebSocket tells a page of our own what happens', async () => {
    await page.goto(`${doors.url}/docs`)
    const first = page.evaluate<string>(`new Promise((resolve, reject) => {
      const key = localStorage.getItem('x-aios-key')
      const socket = new WebSocket('${webSocketPath}', ['aios.v1', 'aios.key.' + key])
      socket.onopen = () => socket.send(JSON.stringify({ type: 'subscribe', since: 0 }))
      socket.onmessage = ({ data }) => JSON.parse(data).seq && resolve(socket.protocol + ' ' + JSON.parse(data).type)
      socket.onclose = ({ code }) => reject(new Error('closed with ' + code))
    })`)
    events.publish(fact())
    expect(await first).toBe('aios.v1 store.healed')
  })
})
