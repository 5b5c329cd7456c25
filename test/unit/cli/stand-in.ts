/**
 * A daemon as small as can be, for tests of how one is found, started and replaced.
 *
 * `AIOS_STAND_IN` chooses its manners: `dies` ends at once, `silent` never listens, `slow` takes a second, `former`
 * is of before `/v1/daemon`, a number is its protocol.
 */
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AiosError } from '../../../contract/errors.ts'
import { protocol } from '../../../contract/service.ts'
import { stateFolders } from '../../../contract/state.ts'
import { createServer } from '../../../daemon/http/server.ts'
import { answersWith } from '../../http/answers.ts'

const manners = process.env['AIOS_STAND_IN'] ?? ''
const folders = stateFolders(process.env)
appendFileSync(join(folders.runtime, 'starts'), `${process.pid}\n`)

if (manners === 'dies') {
  console.error('the disk is full of \u001b[31mtide\u001b[0m')
  process.exit(3)
}
if (manners === 'slow') await new Promise((resolve) => setTimeout(resolve, 1000))
if (manners === 'silent') setInterval(() => {}, 1000)
else await listen(['', 'slow', 'former'].includes(manners) ? protocol : Number(manners))

async function listen(spoken: number): Promise<void> {
  const service = {
    id: `id-${process.pid}`,
    version: '1.2.3',
    protocol: spoken,
    pid: process.pid,
    socket: folders.socket,
    url: '',
    startedAt: new Date().toISOString(),
  }
  const { id, pid, version } = service
  const identity = { id, pid, version, protocol: spoken, ready: true }
  const server = createServer({
    answers: answersWith({
      async identity() {
        if (manners === 'former')
          throw new AiosError('request.unknown-route', 'Nothing answers GET /v1/daemon.')
        return identity
      },
      health: async () => ({ alive: true, ...(manners === 'former' ? identity : {}) }),
      stop: async () => {
        setImmediate(() => void server.close())
        return { pid }
      },
    }),
    isReady: () => true,
    traceId: () => 'trace',
    logger: false,
  })
  await server.listen(folders.socket)
  writeFileSync(folders.serviceFile, JSON.stringify(service), { mode: 0o600 })
  process.once('SIGTERM', () => void server.close())
}
