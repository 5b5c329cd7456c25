/** A daemon with a busy workers' process, for a test that kills it. Prints the pid of that process. */
import { createWorkers } from '../../native-workers/supervisor.ts'

const workers = createWorkers({ entry: new URL('./workers-main.ts', import.meta.url), onRestarted() {} })
const texts = {
  bytes: new Uint8Array(),
  offsets: Uint32Array.of(0, 0),
  shape: 'message',
  labels: ['hang'],
} as const
const hung = workers.digest(texts, { dimensions: 64, seed: 1 }, new AbortController().signal)
process.stdout.write(`${workers.state().pid}\n`)
await hung
