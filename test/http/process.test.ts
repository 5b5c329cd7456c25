import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { homeWith } from './command-line.ts'
import { commandProgram } from '../programs.ts'

test('Ctrl-C ends a waiting command with 130, and the daemon hears of it', async () => {
  const asked = Promise.withResolvers<void>()
  const told = Promise.withResolvers<void>()
  const home = await homeWith({
    recall: async (_input, signal) => {
      signal.addEventListener('abort', () => told.resolve())
      asked.resolve()
      await sleep(600_000, undefined, { signal })
      throw new Error('nobody waits for this')
    },
  })
  const { child, ended } = aios(home, 'recall', 'tide')
  await asked.promise
  child.kill('SIGINT')
  expect(await ended).toMatchObject({ code: 130, stdout: '', stderr: '' })
  await told.promise
})

test('a reader that has read enough ends a stream quietly', async () => {
  const home = await homeWith({
    async *events(_input, signal) {
      for (let seq = 1; !signal.aborted; seq++) {
        yield { seq, id: 'e', type: 'memory.remembered', time: '2024-05-01T00:00:00Z', data: {} }
        if (seq % 100 === 0) await sleep(1)
      }
    },
  })
  const { child, ended } = aios(home, 'events', '--follow', '--json')
  await once(child.stdout, 'data')
  child.stdout.destroy()
  expect(await ended).toMatchObject({ code: 0, stderr: '' })
})

test('an error stands on stderr, with its hint, for people and for programs', async () => {
  const home = await homeWith()
  const plain = await aios(home, 'show', 'HEAD').ended
  expect(plain).toMatchObject({ code: 3, stdout: '' })
  expect(plain.stderr).toMatch(
    /^error That commit is not remembered\.\nhint {2}The commit may still be waiting/,
  )

  const { code, stdout, stderr } = await aios(home, 'show', 'HEAD', '--json').ended
  expect([code, stdout]).toEqual([3, ''])
  expect(JSON.parse(stderr)).toMatchObject({
    schema: 'aios.error.v1',
    error: { code: 'episode.unknown', message: 'That commit is not remembered.' },
  })
})

test('an error cannot give orders to the terminal either', async () => {
  const home = await homeWith()
  const { stderr } = await aios(home, '--repo', 'x\u001b[31m\u202e', 'repo', 'forget', 'x\u001b[31m\u202e')
    .ended
  expect(stderr).toContain('x␛[31m')
  expect(stderr).not.toContain('\u001b')
})

test('a question may come from standard input, which is not touched otherwise', async () => {
  const home = await homeWith()
  const fromInput = aios(home, 'recall', '-', '--json')
  fromInput.child.stdin.end('when does\nthe tide turn\n')
  expect(JSON.parse((await fromInput.ended).stdout)).toMatchObject({
    data: { question: 'when does\nthe tide turn' },
  })

  expect((await aios(home, 'recall', 'tide').ended).code).toBe(0)
})

/** Starts the command as a process of its own; its standard input stays open. */
function aios(home: string, ...argv: string[]) {
  const child = spawn(process.execPath, [commandProgram, ...argv], {
    env: { ...process.env, AIOS_HOME: home },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString()))
  child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()))
  const ended = once(child, 'close').then(([code]: unknown[]) => ({ code, stdout, stderr }))
  return { child, ended }
}
