import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { createDigester, type Texts } from '../../native-workers/digest.ts'
import { createUntrainedTable } from '../../native-workers/learned-encode.ts'
import { createWorkers, type Workers, type WorkersOptions } from '../../native-workers/supervisor.ts'

const settings = { dimensions: 64, seed: 1 }
const forever = new AbortController().signal
const open: Workers[] = []

afterEach(async () => {
  for (const workers of open.splice(0)) await workers.close()
})

test('texts that were under way when the process was killed are digested all the same, each once', async () => {
  const reasons: string[] = []
  const workers = start({ onRestarted: (reason) => reasons.push(reason) })
  const file = newFile()
  const answers = [`wait ${file}`, 'one', 'two', 'three', 'four'].map((label) => digest(workers, label))
  await exists(`${file}.begun`)

  process.kill(pidOf(workers), 'SIGKILL')
  writeFileSync(file, '')

  expect(await Promise.all(answers)).toEqual(
    await Promise.all([`wait ${file}`, 'one', 'two', 'three', 'four'].map(expected)),
  )
  expect(reasons).toEqual(['it was ended by SIGKILL'])
  expect(workers.state().restarts).toBe(1)
})

test('a text survives the thread that was digesting it', async () => {
  const workers = start()
  const label = `exit-thread-once ${newFile()}`

  expect(await digest(workers, label)).toEqual(await expected(label))
  expect(workers.state().restarts).toBe(0)
})

test.each([
  ['fill-heap', 'ERR_WORKER_OUT_OF_MEMORY|memory limit'],
  ['fill-memory', 'it took \\d+ bytes of memory'],
  ['hang', 'task 1 took longer than 3000 ms'],
  ['kill', 'it was ended by SIGKILL'],
  ['throw', 'thrown by the test'],
  ['exit-thread', 'exited'],
])(
  'a text that always ends in %s fails after five tries, and takes no other with it',
  async (act, reason) => {
    const taskMs = act === 'hang' ? 3_000 : 30_000
    const workers = start({ taskMs, rssLimitBytes: 400 * 2 ** 20 })
    const poison = digest(workers, act)
    const labels = ['one', 'two', 'three', 'four']
    const others = labels.map((label) => digest(workers, label))

    const name = `Digesting 1 texts \\(task 1, beginning with ${act}\\) failed 5 times. The last time, `
    await expect(poison).rejects.toMatchObject({
      code: 'workers.unavailable',
      message: expect.stringMatching(new RegExp(`${name}.*(${reason})`)),
    })
    expect(await Promise.all(others)).toEqual(await Promise.all(labels.map(expected)))
  },
  100_000,
)

test('who gives up is answered at once, and the process goes on', async () => {
  const workers = start({ threads: 2 })
  const file = newFile()
  const controller = new AbortController()
  const abandoned = digest(workers, `wait ${file}`, controller.signal)
  await exists(`${file}.begun`)
  const pid = workers.state().pid

  controller.abort(new Error('enough'))

  await expect(abandoned).rejects.toThrow('enough')
  expect(await digest(workers, 'next')).toEqual(await expected('next'))
  writeFileSync(file, '')
  expect(workers.state()).toMatchObject({ pid, restarts: 0 })
})

test('a text that nobody waits for any more is not digested again after a loss', async () => {
  const workers = start({ threads: 1 })
  const file = newFile()
  const controller = new AbortController()
  const abandoned = digest(workers, `wait ${file}`, controller.signal)
  await exists(`${file}.begun`)
  controller.abort(new Error('enough'))
  await expect(abandoned).rejects.toThrow('enough')

  process.kill(pidOf(workers), 'SIGKILL')

  expect(await digest(workers, 'next')).toEqual(await expected('next'))
})

test('no process is left when the daemon is killed', async () => {
  const parent = spawn(process.execPath, [new URL('./workers-parent.ts', import.meta.url).pathname], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(parent.stdout.setEncoding('utf8'), 'data')
  const pid = Number(line)
  expect(isRunning(pid)).toBe(true)

  parent.kill('SIGKILL')

  await until(() => !isRunning(pid))
})

test('closing waits for what is nearly done and refuses the rest', async () => {
  const workers = start({ threads: 1 })
  const file = newFile()
  const running = digest(workers, `wait ${file}`)
  const waiting = ['one', 'two', 'three'].map((label) => digest(workers, label))
  const refused = Promise.allSettled(waiting)
  await exists(`${file}.begun`)
  const pid = pidOf(workers)

  const closed = workers.close()
  writeFileSync(file, '')

  expect(await running).toEqual(await expected(`wait ${file}`))
  await closed
  expect((await refused).map(({ status }) => status)).toContain('rejected')
  expect(isRunning(pid)).toBe(false)
  await expect(digest(workers, 'late')).rejects.toMatchObject({ code: 'workers.unavailable' })
})

test('closing ends a process that no longer answers', async () => {
  const workers = start({ closeMs: 300 })
  const file = newFile()
  const hung = digest(workers, `wait ${file}`)
  hung.catch(() => {})
  await exists(`${file}.begun`)
  const pid = pidOf(workers)
  process.kill(pid, 'SIGSTOP')

  await workers.close()

  await expect(hung).rejects.toMatchObject({ code: 'workers.unavailable' })
  expect(isRunning(pid)).toBe(false)
})

test('the process goes when there is nothing to do, and comes back with the next text', async () => {
  const workers = start({ idleMs: 50 })
  await digest(workers, 'one')
  const first = pidOf(workers)
  await until(() => !isRunning(first))
  expect(workers.state().pid).toBeUndefined()

  expect(await digest(workers, 'two')).toEqual(await expected('two'))
  expect(workers.state().restarts).toBe(0)
})

test('an entry that does not exist fails with what went wrong', async () => {
  const workers = start({ entry: new URL('./nowhere.ts', import.meta.url) })

  await expect(digest(workers, 'one')).rejects.toThrow(/exited with code 1.*nowhere/s)
})

test('the process inherits no environment and no inspector', async () => {
  process.env['AIOS_SECRET'] = 'secret'
  const workers = start()

  await expect(digest(workers, 'environment')).rejects.toThrow(
    'saw [] and [--max-old-space-size=256 --max-semi-space-size=4]',
  )
})

test('what the process says of a failure names the trace that it was asked in', async () => {
  const workers = start({ traceId: () => 'abc123' })

  await expect(digest(workers, 'environment')).rejects.toThrow('(trace abc123)')
})

function start(options: Partial<WorkersOptions> = {}): Workers {
  const entry = new URL('./workers-main.ts', import.meta.url)
  const workers = createWorkers({ entry, threads: 2, onRestarted() {}, ...options })
  open.push(workers)
  return workers
}

function digest(workers: Workers, label: string, signal: AbortSignal = forever) {
  return workers.digest(textsOf(label), settings, signal)
}

function expected(label: string) {
  return createDigester(createUntrainedTable(settings))(textsOf(label))
}

function textsOf(label: string): Texts {
  const bytes = new TextEncoder().encode(`The tide of ${label} turns at noon.`)
  return { bytes, offsets: Uint32Array.of(0, bytes.length), shape: 'message', labels: [label] }
}

function pidOf(workers: Workers): number {
  const { pid } = workers.state()
  if (pid === undefined) throw new Error('No process runs.')
  return pid
}

function newFile(): string {
  return join(mkdtempSync(join(tmpdir(), 'workers-')), 'go')
}

function exists(file: string): Promise<void> {
  return until(() => existsSync(file))
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 10))
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
