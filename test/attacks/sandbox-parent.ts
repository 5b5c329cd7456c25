/** A daemon whose plugin is busy for ever, for a test that kills it. Prints the pids of its processes. */
import { createSandbox } from '../../plugins/sandbox.ts'

const sandbox = createSandbox({ entry: new URL('../../plugins/host/main.ts', import.meta.url) })
const source = `export default async (ctx) => { ctx.log('begun'); ${process.argv[2] ?? ''} }`
const plugin = { files: { 'a.js': source }, entries: { hook: 'a.js' }, memoryMb: 64, config: '{}' }
await sandbox.load({ id: 'busy', group: 'group', ...plugin }, new AbortController().signal)
const host = async () => {
  process.stdout.write(`${sandbox.processes().join(' ')}\n`)
  return '1'
}
const times = { time: 0, seed: 0, deadlineMs: 600_000 }
await sandbox.call(
  { plugin: 'busy', handler: 'a.js', event: '{}', ...times, host },
  new AbortController().signal,
)
