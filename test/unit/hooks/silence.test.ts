import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { forever, setHookStage, type HookStage } from '../../fixtures/hooks.ts'

async function installed(options = {}): Promise<HookStage> {
  const stage = await setHookStage(options)
  await stage.hooks.install(await stage.repository(), forever)
  return stage
}

/** Returns the socket of a door that takes what it is given, says so many words, and nothing more. */
async function openSilentDoor(stage: HookStage, words = ''): Promise<string> {
  const silent = createServer()
  const socket = join(stage.folder, 'silent')
  await new Promise<void>((resolve) => void silent.listen(socket, resolve))
  onTestFinished(() => void silent.close())
  silent.on('connection', (connection) => {
    connection.write(words)
    onTestFinished(() => void connection.destroy())
  })
  return socket
}

test('a daemon that gives no sign of life is waited for a second, or as long as a user wants who must have an answer', async () => {
  const stage = await installed({ seconds: 2 })
  const socket = await openSilentDoor(stage)
  stage.sign({ socket, listens: ['pre-commit'] })
  const silent = 'aios: the daemon gave no sign of life for'
  expect(await stage.git(['commit', '-qm', 'one'])).toMatchObject({
    code: 0,
    stderr: `${silent} 1 s (see \`aios doctor\`); pre-commit was not checked.\n`,
  })
  stage.sign({ socket, listens: ['pre-commit'], unanswered: 'deny' })
  const required = await stage.git(['commit', '--allow-empty', '-qm', 'two'])
  expect(required.code).toBe(1)
  expect(required.stderr).toContain(`${silent} 2 s (see \`aios doctor\`), and hooks.onFailure is deny`)
})

test('a daemon that has begun is waited for until the deadline, and no longer', async () => {
  const stage = await installed({ seconds: 2 })
  stage.answer(async () => {
    await sleep(1_300)
    return {
      decision: 'deny',
      results: [],
      findings: [{ listener: 'secrets', severity: 'error', message: 'A key' }],
    }
  })
  expect((await stage.git(['commit', '-qm', 'one'])).stderr).toContain('A key')

  const socket = await openSilentDoor(stage, 'HTTP/1.1 100 Continue\r\n\r\n')
  stage.sign({ socket, listens: ['pre-commit'] })
  expect(await stage.git(['commit', '-qm', 'one'])).toMatchObject({
    code: 0,
    stderr: 'aios: the daemon did not answer; pre-commit was not checked.\n',
  })
})
