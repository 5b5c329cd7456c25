import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { daemonRoutes } from '../../contract/daemon-routes.ts'
import { repositoryRoutes } from '../../contract/repository-routes.ts'
import { questionRoutes } from '../../contract/question-routes.ts'
import { childrenOf, createPlace, isTidy, writeHistory, type Place, type Running } from './place.ts'
import { daemonProgram } from '../programs.ts'

let place: Place
beforeEach(() => {
  place = createPlace()
})
afterEach(() => place.clear())

test('a second daemon says that there is one, and harms it not', async () => {
  const daemon = await place.daemon()
  const second = place.aios(['daemon', 'run'])
  expect(second.code).toBe(1)
  expect(second.stderr).toContain(`A daemon runs already, as process ${daemon.pid}.`)
  expect(second.stderr).toContain('aios daemon stop')

  // The same when nothing tells of the first.
  rmSync(place.folders.serviceFile)
  const blind = spawnSync(process.execPath, [daemonProgram], {
    env: place.environment,
    encoding: 'utf8',
  })
  expect(blind.status).toBe(1)
  expect(blind.stderr).toMatch(/^Another aios daemon holds this state folder\.\n.*aios daemon stop/)
  expect((await daemon.status()).daemon.pid).toBe(daemon.pid)
})

test('what a killed daemon left is no daemon, whoever has its process id now', async () => {
  const daemon = await place.daemon()
  const service = JSON.parse(readFileSync(place.folders.serviceFile, 'utf8'))
  expect(place.aios(['--no-daemon', 'status']).code).toBe(0)
  writeFileSync(place.folders.serviceFile, JSON.stringify({ ...service, pid: process.pid }))
  expect(place.aios(['--no-daemon', 'status'])).toMatchObject({ code: 5, stdout: '' })
  await daemon.end('SIGKILL')
  expect(existsSync(place.folders.socket)).toBe(true)
  expect(place.aios(['--no-daemon', 'status'])).toMatchObject({ code: 5, stdout: '' })
  expect(place.aios(['daemon', 'stop']).stdout).toContain('No daemon runs.')
  const { code, stdout } = place.aios(['daemon', 'start', '--json'])
  expect(code).toBe(0)
  expect(JSON.parse(stdout).data.pid).not.toBe(process.pid)
})

test('a daemon that ends leaves no process, no socket and no announcement', async () => {
  writeHistory(place, 'main', 50)
  const daemon = await place.daemon()
  expect(place.aios(['init']).code).toBe(0)
  expect(place.aios(['show', 'HEAD']).code).toBe(0)
  const children = childrenOf(daemon.pid)
  expect(children.length).toBeGreaterThan(0)
  const { code, log } = await daemon.end('SIGTERM')
  expect({ code, isTidy: isTidy(place) }).toEqual({ code: 0, isTidy: true })
  expect(log).not.toMatch(/did not close|was not handled/)
  expect(children.map(({ pid }) => existsSync(`/proc/${pid}`))).not.toContain(true)
})

test('a state folder that cannot be written is named, and nothing is thrown at anybody', () => {
  const file = join(place.home, 'file')
  writeFileSync(file, '')
  const options = { environment: { ...place.environment, AIOS_HOME: join(file, 'aios') } }
  for (const command of [['init'], ['status'], ['daemon', 'start']]) {
    const { code, stdout, stderr } = place.aios(command, options)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^error The folder .* cannot be used.*\nhint {2}Make the state folder writable/)
  }
  mkdirSync(join(place.folders.runtime, 'start.lock'), { recursive: true, mode: 0o700 })
  const { code, stderr } = place.aios(['init'])
  expect(code).toBe(1)
  expect(stderr).toMatch(/^error The file .*start\.lock cannot be used.*\nhint {2}Make the state folder/)
})

test('a home where no folder can be made is named at once, whoever tries', (context) => {
  if (process.platform !== 'linux') return context.skip('there is no /proc')
  const environment = { ...place.environment, AIOS_HOME: '/proc/aios' }
  const { code, stderr } = place.aios(['status'], { environment })
  expect(code).toBe(1)
  expect(stderr).toMatch(/^error The folder \/proc\/aios.* cannot be used/)
  const daemon = spawnSync(process.execPath, [daemonProgram], {
    env: environment,
    encoding: 'utf8',
    timeout: 30_000,
    killSignal: 'SIGKILL',
  })
  expect(daemon).toMatchObject({ status: 1, signal: null })
  expect(daemon.stderr).toContain('The state folder /proc/aios/state cannot be made.')
})

test('a home that is named from where the command runs is one for the daemon as well', () => {
  const options = { environment: { ...place.environment, AIOS_HOME: '../aios' } }
  expect(place.aios(['init'], options).code).toBe(0)
  const { data } = place.aios(['status', '--json'])
  expect(data).toMatchObject({ daemon: { state: place.folders.state } })
  expect(place.aios(['daemon', 'stop'], options).stdout).toContain('Stopped process')
  expect(existsSync(join(place.folders.state, '..', '..', 'aios', 'state', 'aios'))).toBe(false)
})

test('what a damaged journal took with it is named until it is there again, or nobody misses it', async () => {
  writeHistory(place, 'main', 5)
  const { data } = place.aios(['init', '--json'])
  expect(data).toMatchObject({ repository: { episodes: 5 } })
  const [id = ''] = readdirSync(join(place.folders.state, 'repositories'))
  expect(place.aios(['daemon', 'stop']).code).toBe(0)
  for (const suffix of ['-wal', '-shm'])
    rmSync(join(place.folders.state, `journal.sqlite${suffix}`), { force: true })
  writeFileSync(join(place.folders.state, 'journal.sqlite'), 'no database at all\n'.repeat(500))

  const { stdout } = place.aios(['status'])
  expect(stdout).toContain(`these are not registered any more: ${id}.`)
  expect(stdout).toContain('Run `aios init` in each of them')
  expect(place.aios(['doctor']).code).toBe(7)
  expect(place.aios(['init', '--json']).data).toMatchObject({ repository: { id, episodes: 5 } })
  const mended = place.aios(['status']).stdout
  expect(mended).not.toContain('not registered any more')
  expect(mended).toContain('The journal was damaged. Notes, feedback, tasks,')
  rmSync(join(place.folders.state, 'journal.sqlite.damaged.1'))
  expect(place.aios(['doctor']).code).toBe(0)
  expect(place.aios(['status']).stdout).not.toContain('The journal was damaged')
})

test('messages whose table is damaged are read again from git, and git is not blamed', async () => {
  writeHistory(place, 'main', 5)
  expect(place.aios(['init', '--json']).data).toMatchObject({ repository: { episodes: 5 } })
  expect(place.aios(['daemon', 'stop']).code).toBe(0)
  const [id = ''] = readdirSync(join(place.folders.state, 'repositories'))
  const data = join(place.folders.state, 'repositories', id, 'episodes.lance', 'data')
  for (const name of readdirSync(data)) writeFileSync(join(data, name), 'no rows at all\n'.repeat(500))

  const daemon = await place.daemon()
  const { episodes, skipped } = await daemon.until(({ state }) => state === 'ready')
  expect({ episodes, skipped }).toEqual({ episodes: 5, skipped: 0 })
})

test('what the daemon keeps is for its owner alone, each file by itself', async () => {
  writeHistory(place, 'main', 3)
  mkdirSync(place.folders.state, { recursive: true, mode: 0o700 })
  const old = join(place.folders.state, 'daemon.lock')
  writeFileSync(old, '', { mode: 0o644 })
  await place.daemon()
  expect(place.aios(['init']).code).toBe(0)
  const files = [old, `${place.folders.socket}.lock`, place.folders.socket, place.folders.serviceFile]
  const journal = ['', '-wal', '-shm'].map((suffix) => join(place.folders.state, `journal.sqlite${suffix}`))
  for (const file of [...files, ...journal]) expect([file, statSync(file).mode & 0o077]).toEqual([file, 0])
})

test('a repository is named by its id or by a whole path, since the daemon stands elsewhere', async () => {
  const daemon = await place.daemon()
  const call = (repository: string) => daemon.client.call(questionRoutes.timeline, { repository })
  for (const name of ['.', '..', './tide', '../tide', 'a/b']) {
    await expect(call(name)).rejects.toMatchObject({ code: 'request.invalid' })
    const add = daemon.client.call(repositoryRoutes.addRepository, { path: name })
    await expect(add).rejects.toMatchObject({ code: 'request.invalid' })
  }
  await expect(call('tide')).rejects.toMatchObject({ code: 'repository.unknown' })
})

test('the settings of a repository are checked before it is registered', () => {
  writeFileSync(join(place.repository, '.aiosrc.yaml'), 'recall:\n  limt: 5\n')
  const { code, stdout } = place.aios(['config', 'check'])
  expect(code).toBe(2)
  expect(stdout).toContain('limt')
  expect(place.aios(['status', '--json']).data).toMatchObject({ repositories: [] })
  expect(place.aios(['config', 'check'], { cwd: place.home }).code).toBe(0)
})

test('to ask why the whole repository is as it is is refused in words', () => {
  writeHistory(place, 'main', 3)
  expect(place.aios(['init']).code).toBe(0)
  const { code, stderr } = place.aios(['why', '.'])
  expect(code).toBe(3)
  expect(stderr).toContain('The top of the repository is not a file; name one.')
})

test('a full disk is named, answers go on, and what was left is read when there is room', async (context) => {
  const state = join(place.home, 'aios')
  mkdirSync(state, { mode: 0o700 })
  const mount = (...options: string[]) => spawnSync('mount', [...options, state]).status
  if (mount('-t', 'tmpfs', '-o', 'size=2m,mode=700', 'tmpfs') !== 0)
    return context.skip('no file system can be mounted here')
  try {
    writeHistory(place, 'main', 8000)
    const daemon = await place.daemon()
    const full = place.aios(['init'])
    expect(full.code).toBe(1)
    expect(full.stderr).toMatch(/error No space is left .*\nhint {2}Free disk space/)
    const { problems } = await daemon.status()
    expect(problems).toMatchObject([{ code: 'store.full' }])
    expect(place.aios(['recall', 'word77']).stdout).toContain('note word77')

    mount('-o', 'remount,size=200m')
    await daemon.until(({ state: now, pending }) => now === 'ready' && pending === 0)
    expect((await daemon.status()).problems).toEqual([])
    expect((await daemon.end('SIGTERM')).code).toBe(0)
  } finally {
    await place.clear()
    spawnSync('umount', ['--lazy', state])
  }
}, 60_000)

test('a daemon whose disk has no room for a line of its log stays, and names the reason', (context) => {
  const state = join(place.home, 'aios')
  mkdirSync(state, { mode: 0o700 })
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=20m,mode=700', 'tmpfs', state])
  if (mounted.status !== 0) return context.skip('no file system can be mounted here')
  try {
    place.git('commit', '--quiet', '--allow-empty', '-m', 'note the tide')
    expect(place.aios(['init']).code).toBe(0)
    const { pid } = told()
    fill(join(state, 'fill'))
    place.git('commit', '--quiet', '--allow-empty', '-m', 'a late heron')
    // The last page of the log takes a few lines more.
    for (let attempt = 0; attempt < 4; attempt++) {
      expect(place.aios(['init']).stderr).toMatch(/error No space is left .*\nhint {2}Free disk space/)
      expect(told()).toEqual({ pid, code: 'store.full' })
    }
    rmSync(join(state, 'fill'))
    expect(place.aios(['init']).code).toBe(0)
    expect(told()).toEqual({ pid, code: undefined })
    expect(place.aios(['recall', 'heron']).stdout).toContain('a late heron')

    place.aios(['daemon', 'stop'])
    fill(join(state, 'fill'))
    expect(place.aios(['status'])).toMatchObject({ code: 1, stdout: '' })
    rmSync(join(state, 'fill'))
    expect(place.aios(['status']).code).toBe(0)
  } finally {
    place.aios(['daemon', 'stop'])
    spawnSync('umount', ['--lazy', state])
  }
}, 60_000)

test('settings that turn bad are named, and those before them stay in force', async () => {
  const daemon = await place.daemon()
  writeHistory(place, 'main', 20)
  place.git('reset', '--quiet', '--hard')
  const [own, theirs] = [place.folders.configFile, join(place.repository, '.aiosrc.yaml')]
  writeFileSync(theirs, 'recall: {limit: 2}\n')
  place.aios(['init'])
  expect(await hitsOf(daemon)).toBe(2)

  const wrongs = ['recall: {limit: "', 'recal: {limit: 5}\n', 'daemon: {logLevel: debug}\n', '\u0000\uFFFF']
  for (const text of wrongs) {
    writeFileSync(theirs, text)
    expect(await hitsOf(daemon)).toBe(2)
    const { problems } = await daemon.status()
    expect(problems.map(({ message }) => message).join()).toContain('.aiosrc.yaml')
    expect(problems[0]?.hint).not.toBe('')
  }
  writeFileSync(theirs, 'recall: {limit: 3}\n')
  expect(await hitsOf(daemon)).toBe(3)
  expect((await daemon.status()).problems).toEqual([])

  writeFileSync(own, 'recall: [1, 2')
  expect(await hitsOf(daemon)).toBe(3)
  expect((await daemon.status()).problems).toHaveLength(1)
  expect(place.aios(['config', 'check']).code).toBe(2)
  // What the repository says counts meanwhile.
  writeFileSync(theirs, 'recall: {limit: 4}\n')
  expect(await hitsOf(daemon)).toBe(4)
  writeFileSync(own, 'recall: {abstainBelow: 0}\n')
  rmSync(theirs)
  expect(await hitsOf(daemon)).toBe(10)
  expect(place.aios(['config', 'set', 'recall.limit', '7']).code).toBe(0)
  expect(await hitsOf(daemon)).toBe(7)
})

test('facts are numbered on across daemons, so that nobody misses one', async () => {
  writeHistory(place, 'main', 3)
  const daemon = await place.daemon()
  place.aios(['init'])
  const before = await eventsSince(daemon, 0)
  const follower = daemon.client.stream(daemonRoutes.events, { since: before.length - 1, follow: true })
  // The last one again: whoever has it is known to follow before the daemon is told to stop.
  const again = await follower.next()
  expect(again.value).toEqual(before.at(-1))
  const [next] = await Promise.all([follower.next(), daemon.end('SIGTERM')])
  expect(next.value).toMatchObject({ type: 'daemon.stopping', seq: before.length + 1 })

  const second = await place.daemon()
  const after = await eventsSince(second, before.length)
  expect(after.map(({ type }) => type).slice(0, 2)).toEqual(['daemon.stopping', 'daemon.started'])
  expect([...before, ...after].map(({ seq }) => seq)).toEqual(
    Array.from({ length: before.length + after.length }, (_, index) => index + 1),
  )
})

async function hitsOf({ client }: Running): Promise<number> {
  const question = { question: 'note of the tide', repository: place.repository }
  return (await client.call(questionRoutes.recall, question)).hits.length
}

async function eventsSince({ client }: Running, since: number): Promise<{ seq: number; type: string }[]> {
  const events: { seq: number; type: string }[] = []
  for await (const event of client.stream(daemonRoutes.events, { since })) events.push(event)
  return events
}

/** Returns which daemon tells, and of which problem first. */
function told(): { pid: unknown; code: unknown } {
  const { daemon, problems } = Object(place.aios(['status', '--json']).data)
  return { pid: Object(daemon).pid, code: Array.isArray(problems) ? Object(problems[0]).code : 'no answer' }
}

/** Writes until nothing more fits. */
function fill(path: string): void {
  for (const bytes of [65_536, 4096, 1]) {
    try {
      for (;;) appendFileSync(path, Buffer.alloc(bytes))
    } catch {
      // Nothing of this size fits any more.
    }
  }
}
