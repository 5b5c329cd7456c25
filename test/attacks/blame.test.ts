import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { createJob } from '../../plugins/sandbox-job.ts'
import { judge } from '../../plugins/sandbox-judge.ts'
import { createSandbox, type Sandbox } from '../../plugins/sandbox.ts'
import { forever } from './arena.ts'

/** Who has the processor is for the machine to say, and a test must not depend on it: this process says what it likes. */
const scripted = `
import { Socket } from 'node:net'
const channel = new Socket({ fd: 3, readable: true, writable: true })
const say = (report) => {
  const text = JSON.stringify(report)
  const head = Buffer.alloc(4)
  head.writeUInt32BE(Buffer.byteLength(text))
  channel.write(Buffer.concat([head, Buffer.from(text)]))
}
const hear = (order) => {
  if (order.kind === 'load') say({ kind: 'loaded', plugin: order.plugin.id })
  if (order.kind === 'call' && order.plugin === 'greedy')
    say({ kind: 'pulse', id: order.id, cpuMs: 1e9, rssBytes: 1 })
}
let held = Buffer.alloc(0)
channel.on('end', () => process.exit()).on('data', (piece) => {
  held = Buffer.concat([held, piece])
  while (held.length >= 4 && held.length >= 4 + held.readUInt32BE(0)) {
    const end = 4 + held.readUInt32BE(0)
    hear(JSON.parse(held.toString('utf8', 4, end)))
    held = held.subarray(end)
  }
})
say({ kind: 'ready' })
`

function openScripted(): Sandbox {
  const path = join(mkdtempSync(join(tmpdir(), 'scripted-')), 'main.mjs')
  writeFileSync(path, scripted)
  const sandbox = createSandbox({ entry: pathToFileURL(path) })
  onTestFinished(() => sandbox.close())
  return sandbox
}

function load(sandbox: Sandbox, id: string): Promise<void> {
  const plugin = { files: { 'handler.js': '' }, entries: { 'pre-commit': 'handler.js' }, config: '{}' }
  return sandbox.load({ ...plugin, id, group: 'group', memoryMb: 16 }, forever)
}

function call(sandbox: Sandbox, plugin: string, deadlineMs: number) {
  const asked = { plugin, handler: 'handler.js', event: '{}', time: 0, seed: 0, deadlineMs }
  return sandbox.call({ ...asked, host: async () => '1' }, forever)
}

test('who is too slow while another has the processor is named, and not blamed', async () => {
  const sandbox = openScripted()
  await load(sandbox, 'greedy')
  const greedy = Promise.allSettled([call(sandbox, 'greedy', 60_000)])
  // It comes after what the greedy one has said of itself.
  await load(sandbox, 'starved')

  expect(await call(sandbox, 'starved', 200)).toMatchObject({
    status: 'timeout',
    isBlamed: false,
    message: 'It took longer than 200 ms, while greedy had the processor.',
  })
  await sandbox.close()
  expect(await greedy).toMatchObject([{ status: 'rejected' }])
})

test('who is too slow with nobody beside is blamed', async () => {
  const sandbox = openScripted()
  await load(sandbox, 'starved')

  expect(await call(sandbox, 'starved', 200)).toMatchObject({ status: 'timeout', isBlamed: true })
})

test('who is lost again and again with the processes of others is given up, and not blamed', async () => {
  const innocent = createJob(1, 'innocent', 'load')
  const guilty = createJob(2, 'guilty', 'load')
  guilty.fail('timeout', 'It took too long.', true)

  expect(judge([innocent, guilty], 'deadline', 'killed')).toEqual([innocent])
  expect(judge([innocent, guilty], 'deadline', 'killed')).toEqual([innocent])
  expect(judge([innocent, guilty], 'deadline', 'killed')).toEqual([])
  expect(await innocent.result).toMatchObject({ status: 'crashed', isBlamed: false })
})
