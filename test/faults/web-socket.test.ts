import { readFileSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { webSocketPath } from '../../contract/web-socket.ts'
import { connect, connectTo, numbersOf, ofType } from '../ws/client.ts'
import { createPlace, type Place } from './place.ts'

let place: Place
afterEach(() => place.clear())

test('a client hears each event once, though the daemon is killed meanwhile, and is told when it ends', async () => {
  place = createPlace()
  place.git('commit', '--quiet', '--allow-empty', '-m', 'note the tide')
  const first = await place.daemon()
  const before = await connect(place.folders.socket)
  before.say({ type: 'subscribe', since: 0 })
  expect(place.aios(['init', '--json']).code).toBe(0)
  const remembered = await before.until(ofType('memory.remembered'))
  await first.end('SIGKILL')
  await before.closed
  place.git('commit', '--quiet', '--allow-empty', '-m', 'the tide turns')

  const second = await place.daemon()
  const service: { url: string } = JSON.parse(readFileSync(place.folders.serviceFile, 'utf8'))
  const token = readFileSync(place.folders.tokenFile, 'utf8').trim()
  const address = service.url.replace('http', 'ws') + webSocketPath
  const after = await connectTo(address, { authorization: `Bearer ${token}` })
  const seen = numbersOf(before)
  after.say({ type: 'subscribe', since: seen.at(-1) })
  const again = await after.until(ofType('memory.remembered'))
  expect(Number(again['seq'])).toBeGreaterThan(Number(remembered['seq']))
  after.say({ type: 'ask', id: 'q', question: 'tide', repository: place.repository })
  expect(await after.until(({ id }) => id === 'q')).toMatchObject({ type: 'hit', rank: 1 })
  const figures = place.aios(['api', 'GET', '/metrics']).stdout
  expect(figures).toContain('aios_websocket_clients 1')
  await second.end('SIGTERM')
  expect((await after.closed).code).toBe(1001)
  expect(after.heard.at(-1)).toMatchObject({ type: 'daemon.stopping' })
  const heard = [...seen, ...numbersOf(after)]
  expect(heard).toEqual(heard.map((_, at) => at + 1))
})
