/** Tasks that do what their first label says, and otherwise what tasks do. */
import { existsSync, writeFileSync } from 'node:fs'
import digest from '../../native-workers/tasks.ts'
import type { Digested } from '../../native-workers/digest.ts'
import type { Order } from '../../native-workers/messages.ts'

const acts: Record<string, (file: string) => void> = {
  hang: () => {
    for (;;) pause()
  },
  wait: (file) => {
    writeFileSync(`${file}.begun`, '')
    while (!existsSync(file)) pause()
  },
  'fill-heap': () => {
    const much = Array.from({ length: 1e6 }, () => 0.5)
    for (const kept: number[][] = []; ;) kept.push(much.slice())
  },
  'fill-memory': () => {
    for (const kept: Buffer[] = []; kept.length < 25; pause(100)) kept.push(Buffer.alloc(64 * 2 ** 20, 1))
  },
  throw: () => {
    throw new Error('thrown by the test')
  },
  'exit-thread': () => process.exit(1),
  kill: () => void process.kill(process.pid, 'SIGKILL'),
  environment: () => {
    const inherited = Object.keys(process.env).filter(
      (name) => !/^(TMPDIR|TMP|TEMP|SystemRoot|NODE_CHANNEL.*)$/.test(name),
    )
    throw new Error(`saw [${inherited.join(' ')}] and [${process.execArgv.join(' ')}]`)
  },
}

export default function actOrDigest(order: Order): Promise<Digested> {
  const [act = '', file = ''] = (order.texts.labels[0] ?? '').split(' ')
  const isDone = act.endsWith('-once') && existsSync(file)
  if (act.endsWith('-once') && !isDone) writeFileSync(file, '')
  if (!isDone) acts[act.replace('-once', '')]?.(file)
  return digest(order)
}

function pause(ms = 5): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
