/** The process of a trust group: started by the daemon, told what to do over a channel, gone when that closes. */
import { Socket } from 'node:net'
import process from 'node:process'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createFrameReader, frameOf } from './frames.ts'
import { channelNumber, type Order, type Report } from './messages.ts'
import { createHost } from './serve.ts'

const mostOrderBytes = 64 * 2 ** 20

// Plugins see the same hours everywhere; isolates are made later, and take this over.
process.env['TZ'] = 'UTC'
// The daemon decides when this ends: a signal to the whole group must not end work that it waits for.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})

const channel = new Socket({ fd: channelNumber, readable: true, writable: true })
// Nothing gentler ends a process whose other threads may be in endless loops.
const die = () => process.kill(process.pid, 'SIGKILL')
channel.on('end', die).on('close', die).on('error', die)

const report = (told: Report) => void channel.write(frameOf(JSON.stringify(told)))

try {
  const { openIsolate } = await import('./isolate.ts')
  const host = createHost({ openIsolate, report, collectGarbage: garbageCollector() })
  const read = createFrameReader(mostOrderBytes, (text) => host(orderOf(text)), die)
  channel.on('data', read)
  report({ kind: 'ready' })
} catch (error) {
  channel.resume()
  report({ kind: 'unavailable', reason: error instanceof Error ? error.message : String(error) })
}

/** Returns what the daemon said; it is the same version of aios. */
function orderOf(text: string): Order {
  return JSON.parse(text)
}

/** Returns what collects this thread's garbage; isolates that are made later know nothing of it. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  setFlagsFromString('--no-expose-gc')
  return collect
}
