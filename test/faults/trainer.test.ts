import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { getPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { checkpointFile, weightsFile } from '../../native-workers/trainer-files.ts'
import { startTrainer, type Trainer, type TrainerOptions } from '../../native-workers/trainer.ts'
import { lessonsAbout, type Lesson } from '../fixtures/lessons.ts'

const entry = new URL('../../native-workers/trainer-main.ts', import.meta.url)
const settings = { dimensions: 16, seed: 1, trainFrom: 5 }
const forever = new AbortController().signal
const history = lessonsAbout(500)
const started: Trainer[] = []

afterEach(() => {
  for (const trainer of started.splice(0)) trainer.close()
})

test('two processes learn the same, below everybody else, and keep it under its hash', async () => {
  const [one, other] = [newFolder(), newFolder()]
  const first = await taught(history)
  const second = await taught(history.toReversed())
  const trained = await Promise.all([first.train(settings, one), second.train(settings, other)])

  expect(trained[0]).toEqual({ hash: expect.stringMatching(/^[0-9a-f]{32}$/), commits: 500, resumed: 0 })
  expect(trained[1]).toEqual(trained[0])
  const { hash = '' } = trained[0]
  expect(readFileSync(weightsFile(other, hash)).equals(readFileSync(weightsFile(one, hash)))).toBe(true)
  expect(getPriority(first.pid ?? 0)).toBe(19)
})

test('a training that was killed goes on where it was, to the same end', async () => {
  const whole = await (await taught(history)).train(settings, newFolder())
  const folder = newFolder()
  const rounds = Promise.withResolvers<number>()
  const trainer = await taught(history, { onProgress: (done) => done >= 2 && rounds.resolve(done) })
  const training = trainer.train(settings, folder)
  const outcome = training.catch((error: unknown) => error)
  await rounds.promise
  process.kill(trainer.pid ?? 0, 'SIGKILL')
  expect(await outcome).toMatchObject({ code: 'workers.unavailable' })

  const again = await (await taught(history)).train(settings, folder)
  expect(again.hash).toBe(whole.hash)
  expect(again.resumed).toBeGreaterThanOrEqual(2)
})

test('a checkpoint that is damaged or of other lessons is begun anew', async () => {
  const folder = newFolder()
  const { hash } = await (await taught(history)).train(settings, folder)
  const bytes = readFileSync(checkpointFile(folder))
  bytes.writeUInt8(bytes.readUInt8(5000) ^ 4, 5000)
  writeFileSync(checkpointFile(folder), bytes)
  expect(await (await taught(history)).train(settings, folder)).toMatchObject({ hash, resumed: 0 })

  const shorter = await (await taught(history.slice(1))).train(settings, folder)
  expect(shorter).toMatchObject({ resumed: 0, commits: 499 })
  expect(shorter.hash).not.toBe(hash)
})

test('who gives up waits no longer, and the process is gone', async () => {
  const giveUp = new AbortController()
  const trainer = await taught(history, {}, giveUp.signal)
  const training = trainer.train(settings, newFolder())
  giveUp.abort(new Error('enough'))

  await expect(training).rejects.toThrow('enough')
  await untilGone(trainer.pid ?? 0)
  await expect(trainer.train(settings, newFolder())).rejects.toThrow('enough')
  expect(() => startTrainer({ entry }, giveUp.signal)).toThrow('enough')
})

test('a process that takes too much memory is ended', async () => {
  const lessons = taught(history, { rssLimitBytes: 1 })
  await expect(lessons.then((trainer) => trainer.train(settings, newFolder()))).rejects.toThrow('of memory')
  await untilGone(started[0]?.pid ?? 0)
})

test.each([
  ['no commit', []],
  ['too few subjects of their own', history.map((one) => ({ ...one, message: 'wip' }))],
  ['no text that changed', history.map((one) => ({ ...one, passages: [] }))],
])('from %s nothing is learned and nothing is kept', async (_name, lessons) => {
  const folder = newFolder()
  const trained = await (await taught(lessons)).train(settings, folder)
  expect(trained.hash).toBeUndefined()
  expect(readdirSync(folder)).toEqual([])
})

async function taught(
  lessons: readonly Lesson[],
  options: Partial<TrainerOptions> = {},
  signal = forever,
): Promise<Trainer> {
  const trainer = startTrainer({ entry, ...options }, signal)
  started.push(trainer)
  await trainer.addMessages(
    lessons.map(({ oid }) => oid),
    lessons.map(({ message }) => message),
  )
  const rows = lessons.flatMap(({ oid, passages }) =>
    passages.map((terms, ordinal) => ({ oid, terms, ordinal })),
  )
  await trainer.addPassages(
    rows.map(({ oid }) => oid),
    Uint32Array.from(rows, ({ ordinal }) => ordinal),
    rows.map(({ terms }) => terms),
  )
  return trainer
}

async function untilGone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
    await sleep(10)
  }
}

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'trainer-'))
}
