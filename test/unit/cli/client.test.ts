import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createClient } from '../../../cli/client.ts'
import { daemonRoutes } from '../../../contract/daemon-routes.ts'

/** Answers every call with the number of connections so far, and closes each as soon as it is answered. */
const server = `
  let connections = 0
  const health = () => ({ id: String(connections), pid: 1, version: '1', protocol: 1, ready: true })
  const server = require('node:http').createServer((request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(health()), () => setTimeout(() => request.socket.destroy(), 20))
  })
  server.on('connection', () => connections++)
  server.listen(process.argv[1], () => console.log('listening'))
`

test('a kept connection that was closed meanwhile is replaced, without anyone noticing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'aios-client-'))
  const socket = join(folder, 's')
  const child = spawn(process.execPath, ['-e', server, socket], { stdio: ['ignore', 'pipe', 'inherit'] })
  const client = createClient(socket, new AbortController().signal)
  onTestFinished(() => {
    client.close()
    child.kill()
    rmSync(folder, { recursive: true })
  })
  await once(child.stdout, 'data')

  expect((await client.call(daemonRoutes.identity, {})).id).toBe('1')
  // While this waits, nothing here can notice that the connection was closed.
  spawnSync('sleep', ['0.5'])
  expect((await client.call(daemonRoutes.identity, {})).id).toBe('2')
})
