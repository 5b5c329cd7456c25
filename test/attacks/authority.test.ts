import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { AiosError } from '../../contract/errors.ts'
import type { SandboxCall } from '../../plugins/sandbox.ts'
import { deadlineMs, openArena } from './arena.ts'

const arena = openArena()

test('what a host answers after the deadline reaches nobody', async () => {
  const source = `let late = 'nothing'
    export default async (ctx) => {
      if (ctx.event.ask) late = await ctx.files.read('slow')
      return late
    }`
  const late = Promise.withResolvers<string>()
  await arena.load('late', source)

  const first = await arena.call('late', { event: '{"ask":true}', deadlineMs, host: () => late.promise })
  late.resolve('"too late"')
  await delay(50)

  expect(first).toMatchObject({ status: 'timeout' })
  expect(await arena.call('late', { event: '{}' })).toMatchObject({ status: 'ok', result: '"nothing"' })
  await arena.sandbox().unload('late')
})

test('a handler that has returned is no longer listened to', async () => {
  const source = `let kept
    export default async (ctx) => {
      if (ctx.event.keep) { kept = ctx; return 'kept' }
      try { await kept.memory.write('stolen'); return 'heard' } catch (error) { return error.message }
    }`
  const heard: string[] = []
  const host: SandboxCall['host'] = async (name) => {
    heard.push(name)
    return '1'
  }
  await arena.load('keeper', source)
  await arena.call('keeper', { event: '{"keep":true}', host })

  expect(await arena.call('keeper', { event: '{}', host })).toMatchObject({
    status: 'ok',
    result: '"The call is over; the daemon no longer listens to it."',
  })
  expect(heard).toEqual([])
  await arena.sandbox().unload('keeper')
})

test('who has given up is answered at once, and its plugin goes on when its deadline has come', async () => {
  await arena.load('waiting', 'export default (ctx) => ctx.event.wait ? ctx.kv.get("x") : "next"')
  const controller = new AbortController()
  const abandoned = arena.sandbox().call(
    {
      plugin: 'waiting',
      handler: 'handler.js',
      event: '{"wait":true}',
      time: 0,
      seed: 0,
      deadlineMs,
      host: () => new Promise(() => {}),
    },
    controller.signal,
  )
  controller.abort(new Error('enough'))

  await expect(abandoned).rejects.toThrow('enough')
  expect(await arena.call('waiting')).toMatchObject({ status: 'ok', result: '"next"' })
  await arena.sandbox().unload('waiting')
})

test.each([
  [new Error("ENOENT: no such file, open '/home/ada/.aios/token'"), 'Error: The host could not answer.'],
  [
    new AiosError('path.outside', 'The path /home/ada/.ssh/id_rsa is outside of C:\\Users\\ada\\tide.'),
    'Error: path.outside: The path … is outside of …',
  ],
])('an error of the host names no place of this machine: %s', async (error, message) => {
  const source = `export default (ctx) => ctx.files.read('x').then(() => 'read', (error) => String(error) + Object.keys(error))`
  const result = await arena.attack(source, { host: () => Promise.reject(error) })

  expect(result).toMatchObject({ status: 'ok', result: JSON.stringify(message) })
})

test('a host that throws at once answers like one that fails', async () => {
  const host = () => {
    throw new Error('/secret/place')
  }
  const result = await arena.attack('export default (ctx) => ctx.kv.get("x")', { host })

  expect(result).toMatchObject({ status: 'threw', message: 'Error: The host could not answer.' })
})

test.each([
  ['\\u001b[2J\\u001b]0;owned\\u0007red', 'Error: red'],
  ['one\\ntwo\\r\\nthree\\u2028four', 'Error: one two three four'],
  ['\\u202egnp.exe\\u0000\\u009b31m\\u200b', 'Error: gnp.exe 31m'],
])('a message with %s is one plain line', async (text, message) => {
  const result = await arena.attack(`export default () => { throw new Error('${text}') }`)

  expect(result).toMatchObject({ status: 'threw', message })
})

test.each(['null', 'undefined', '"text"', 'Symbol("x")', '{}', 'Object.create(null)', '() => 1'])(
  'a thrown %s is named in one line',
  async (thrown) => {
    const result = await arena.attack(`export default () => { throw ${thrown} }`)

    expect(result).toMatchObject({ status: 'threw', message: expect.stringMatching(/^[ -~]+$/) })
  },
)
