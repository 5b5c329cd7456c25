import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { forever, setHookStage, type HookStage } from '../../fixtures/hooks.ts'

const refusal = {
  decision: 'deny' as const,
  findings: [
    {
      listener: 'secrets',
      severity: 'error' as const,
      message: 'A key \u001b[31mis staged\nsecond',
      path: 'tide.md',
      line: 1,
      evidence: ['a1b2c3d'],
      silence: 'add it to .aiosignore',
    },
  ],
}

async function installed(options = {}): Promise<HookStage> {
  const stage = await setHookStage(options)
  await stage.hooks.install(await stage.repository(), forever)
  return stage
}

test('a listener that refuses keeps the commit from being made, and says how to go on', async () => {
  const stage = await installed()
  stage.answer(refusal)
  const { code, stderr } = await stage.git(['commit', '-m', 'note the tide'])

  expect(code).toBe(1)
  expect(stderr).toContain('error: tide.md:1 A key ␛[31mis staged␊second [secrets]')
  expect(stderr).toContain('evidence: a1b2c3d')
  expect(stderr).toContain('to silence it: add it to .aiosignore')
  expect(stderr).toContain('AIOS_SKIP=secrets git commit')
  expect(stderr).not.toContain('\u001b')
  expect((await stage.git(['rev-parse', '--verify', '--quiet', 'HEAD'])).code).toBe(1)
})

test('a plugin that was decided on for one repository is named as the commands know it', async () => {
  const stage = await installed()
  const finding = { listener: 'tides@ocean-1', severity: 'error' as const, message: 'Low tide' }
  stage.answer({ ...refusal, findings: [finding] })
  expect((await stage.git(['commit', '-m', 'tide'])).stderr).toContain('`AIOS_SKIP=tides git commit`')

  stage.answer({ decision: 'allow', findings: [{ ...finding, shadow: true }], results: [] })
  const { stderr } = await stage.git(['commit', '-m', 'tide'])
  expect(stderr).toContain('aios plugin enable tides --here --enforce')
})

test('what decides is told first, and what there is no room for is counted', async () => {
  const stage = await installed()
  const warning = { listener: 'style', severity: 'warning' as const, message: 'A blank' }
  const shadow = {
    ...refusal.findings[0],
    listener: 'young',
    severity: 'error' as const,
    message: 'A guess',
    shadow: true,
  }
  stage.answer({ ...refusal, findings: [...Array(30).fill(warning), shadow, ...refusal.findings] })
  const { stderr } = await stage.git(['commit', '-m', 'note the tide'])

  const told = [...stderr.matchAll(/\[(\w+)(?:, in shadow mode)?\]$/gm)].map(([, listener]) => listener)
  expect(told).toEqual(['secrets', 'young', ...Array(18).fill('style')])
  expect(stderr).toContain('and 12 more')
})

test('what is found in shadow mode says once for each hook which command makes it count', async () => {
  const stage = await installed()
  const found = (listener: string, severity: 'warning' | 'error', message: string) => {
    return { ...refusal.findings[0], listener, severity, message, shadow: true }
  }
  const told = async (...findings: ReturnType<typeof found>[]) => {
    stage.answer({ decision: 'allow', findings, results: [] })
    const { stderr } = await stage.git(['commit', '--allow-empty', '-m', 'note the tide'])
    return stderr.match(/(?<=aios plugin enable ).*(?= --enforce)/g)
  }
  const guess = found('young', 'error', 'A guess')
  expect(await told(guess, found('young', 'error', 'Another'))).toEqual(['young', 'young'])
  expect(await told(guess, found('younger', 'error', 'A guess'))).toEqual(['NAME', 'NAME'])
  expect(await told(found('young', 'warning', 'A remark'))).toBeNull()
  expect(await told(found('rm -rf `x`', 'error', 'A guess'))).toBeNull()
})

test('--no-verify and AIOS=0 ask nobody', async () => {
  const stage = await installed()
  stage.answer(refusal)
  expect((await stage.git(['commit', '--no-verify', '-m', 'one'])).code).toBe(0)
  const commit = ['commit', '--allow-empty', '-m', 'two']
  expect((await stage.git(commit, { env: { AIOS: '0' } })).code).toBe(0)
  expect(stage.asked).toEqual([])
})

test('a question tells what is staged by blob, whatever the worktree says, and who commits', async () => {
  const stage = await installed()
  await stage.git(['commit', '-qm', 'one'])
  stage.write('new name.md', 'x'.repeat(40), 0o755)
  stage.write('tide.md', 'changed\n')
  await stage.git(['add', '--all'])
  stage.write('tide.md', 'changed again, and not staged\n')
  await stage.git(['commit', '-qm', '#7 is said']).then(({ code }) => expect(code).toBe(0))

  const [preCommit, message] = stage.asked.slice(2).map(({ data }) => data)
  expect(preCommit).toMatchObject({
    repository: 'tide-1',
    root: stage.path,
    branch: 'main',
    author: 'Ada Author <ada@example.com>',
    files: [
      { path: 'new name.md', status: 'added', mode: '100755', size: 40 },
      { path: 'tide.md', status: 'modified', mode: '100644', size: 8 },
    ],
  })
  expect(message).toMatchObject({ message: '#7 is said\n' })
})

test('a partial commit is asked about as it will be, from the index that git made for it', async () => {
  const stage = await installed()
  await stage.git(['commit', '-qm', 'one'])
  stage.write('tide.md', 'changed\n')
  stage.write('other.md', 'other\n')
  await stage.git(['add', 'other.md'])
  stage.asked.length = 0
  await stage.git(['commit', '-qm', 'only the tide', '--', 'tide.md'])
  expect(stage.asked[0]?.data).toMatchObject({ files: [{ path: 'tide.md', size: 8 }] })
})

test('a linked worktree and a git folder elsewhere are asked about as they are', async () => {
  const stage = await installed()
  await stage.git(['commit', '-qm', 'one'])
  await stage.git(['worktree', 'add', '-q', '-b', 'side', '../side'])
  const side = join(stage.path, '..', 'side')
  writeFileSync(join(side, 'side.md'), 'side\n')
  await stage.git(['add', '.'], { cwd: side })
  stage.asked.length = 0
  await stage.git(['commit', '-qm', 'two'], { cwd: side })
  expect(stage.asked[0]?.data).toMatchObject({ branch: 'side', files: [{ path: 'side.md' }] })

  stage.write('away.md', 'away\n')
  const env = { GIT_DIR: join(stage.path, '.git'), GIT_WORK_TREE: stage.path }
  const away = join(stage.path, '..')
  await stage.git(['add', '--all'], { cwd: away, env })
  stage.asked.length = 0
  await stage.git(['commit', '-qm', 'three'], { cwd: away, env })
  expect(stage.asked[0]?.data).toMatchObject({ branch: 'main', files: [{ path: 'away.md' }] })
})

test('a push is asked about with every ref that it moves', async () => {
  const stage = await installed()
  await stage.git(['commit', '-qm', 'one'])
  await stage.git(['init', '--quiet', '--bare', '../server.git'])
  stage.asked.length = 0
  expect((await stage.git(['push', '-q', '../server.git', 'main', 'main:other'])).code).toBe(0)
  const zero = '0'.repeat(40)
  expect(stage.asked[0]?.data).toMatchObject({
    remote: '../server.git',
    updates: [
      { local: 'refs/heads/main', remote: 'refs/heads/main', remoteOid: zero },
      { local: 'refs/heads/main', remote: 'refs/heads/other', remoteOid: zero },
    ],
  })
  stage.answer(refusal)
  expect((await stage.git(['push', '-q', '../server.git', 'main:third'])).code).toBe(1)
})

test.each(['it\'s "tide" $HOME `x`', 'two\nlines', 'tîde ☾'])('%j may be a path', async (name) => {
  const stage = await installed({ name })
  expect((await stage.git(['commit', '-qm', 'one'])).code).toBe(0)
  expect(stage.asked[0]?.data).toMatchObject({ root: stage.path, files: [{ path: 'tide.md' }] })
})

test('a repository that nobody registered is let through in silence', async () => {
  const stage = await installed({ name: 'unregistered' })
  stage.answer(refusal)
  expect(await stage.git(['commit', '-qm', 'one'])).toEqual({ code: 0, stdout: '', stderr: '' })
})

test('where nobody listens nobody is asked, and without aios nothing happens', async () => {
  const stage = await installed()
  stage.answer(refusal)
  stage.sign({ listens: [] })
  expect(await stage.git(['commit', '-qm', 'one'])).toEqual({ code: 0, stdout: '', stderr: '' })
  await stage.run('rm', ['-r', stage.folder])
  const commit = ['commit', '--allow-empty', '-qm', 'two']
  expect(await stage.git(commit)).toEqual({ code: 0, stdout: '', stderr: '' })
})

test('a daemon that is off costs one line, and a user who wants an answer gets a refusal', async () => {
  const stage = await installed()
  stage.sign({ socket: undefined, listens: ['pre-commit'] })
  const off = await stage.git(['commit', '-qm', 'one'])
  expect(off).toMatchObject({
    code: 0,
    stderr: 'aios: the daemon is not running; pre-commit was not checked.\n',
  })

  stage.sign({ socket: join(stage.folder, 'gone'), unanswered: 'deny', listens: ['pre-commit'] })
  const required = await stage.git(['commit', '--allow-empty', '-qm', 'two'])
  expect(required.code).toBe(1)
  expect(required.stderr).toContain('hooks.onFailure is deny')
})

test('a daemon that died and left its socket is as good as off', async () => {
  const stage = await installed()
  const dead = join(stage.folder, 'dead')
  // A process that is killed leaves its socket behind.
  const leave = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`
  await stage.run(process.execPath, ['-e', leave, dead]).catch(() => {})
  expect(existsSync(dead)).toBe(true)
  stage.sign({ socket: dead, listens: ['pre-commit'] })
  const ended = await stage.git(['commit', '-qm', 'one'])
  expect(ended).toMatchObject({
    code: 0,
    stderr: 'aios: the daemon did not answer; pre-commit was not checked.\n',
  })
})

test.runIf(existsSync('/proc/1/stat'))(
  'a daemon whose process is gone is not asked, unless processes are numbered otherwise here',
  async () => {
    const stage = await installed()
    const gone = spawn('sleep', ['60'])
    stage.sign({ listens: ['pre-commit'], pid: gone.pid })
    gone.kill('SIGKILL')
    await once(gone, 'exit')
    expect(await stage.git(['commit', '-qm', 'one'])).toMatchObject({
      code: 0,
      stderr: 'aios: the daemon is not running; pre-commit was not checked.\n',
    })
    expect(stage.asked).toEqual([])

    const door = join(stage.folder, 'door')
    const lines = readFileSync(door, 'utf8').split('\n')
    writeFileSync(door, lines.with(4, lines[4]?.replace(/\d+$/, '987654321') ?? '').join('\n'))
    await stage.git(['commit', '--allow-empty', '-qm', 'two'])
    stage.sign({ listens: ['pre-commit'], pid: process.pid })
    await stage.git(['commit', '--allow-empty', '-qm', 'three'])
    expect(stage.asked).toHaveLength(2)
  },
)

test.each([
  ['other words', 'aios2 deny'],
  ['a page', '<html>'],
  ['nothing', ''],
])('a daemon of another version that answers %s does not decide', async (_what, text) => {
  const stage = await installed()
  const other = createServer((connection) => {
    connection.on('error', () => {})
    connection.once('data', () =>
      connection.end(`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`),
    )
  })
  const socket = join(stage.folder, 'other')
  await new Promise<void>((resolve) => void other.listen(socket, resolve))
  onTestFinished(() => void other.close())
  stage.sign({ socket, listens: ['pre-commit'] })
  const ended = await stage.git(['commit', '-qm', 'one'])
  expect(ended).toMatchObject({
    code: 0,
    stderr: 'aios: the daemon did not answer; pre-commit was not checked.\n',
  })
})

test('a sign that the shim cannot read asks to install the hooks again', async () => {
  const stage = await installed()
  writeFileSync(join(stage.folder, 'door'), '9\n')
  const { code, stderr } = await stage.git(['commit', '-qm', 'one'])
  expect(code).toBe(0)
  expect(stderr).toContain('run `aios hooks install`')
})

test('a bug behind the door does not refuse the commit', async () => {
  const stage = await installed()
  stage.answer(() => Promise.reject(new Error('a bug')))
  const { code, stderr } = await stage.git(['commit', '-qm', 'one'])
  expect(code).toBe(0)
  expect(stderr).toContain('did not answer')
})

test.each(['perl', 'curl', 'python3', 'nothing'])(
  'with %s and nothing else the shim does what it can',
  async (tool) => {
    const stage = await installed()
    stage.answer(refusal)
    const programs = join(stage.path, '..', 'programs')
    mkdirSync(programs)
    const path = (
      await stage.run('sh', [
        '-c',
        `${tool === 'python3' ? 'python3 -c "import sys; print(sys.executable)"' : `command -v ${tool}`}`,
      ])
    ).stdout.trim()
    if (tool !== 'nothing' && path === '') return
    if (path !== '') symlinkSync(path, join(programs, tool))
    // The shim looks in the usual folders as well, so these are taken out of it.
    const text = (await stage.run('cat', ['.git/hooks/pre-commit'])).stdout
    stage.write(
      '.git/hooks/pre-commit',
      text.replaceAll('/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin', ''),
      0o755,
    )
    const env = { PATH: programs }
    const hook = '.git/hooks/pre-commit'
    chmodSync(join(stage.path, hook), 0o755)
    const ended = await stage.run('/bin/sh', [hook], { env })
    expect(ended.code).toBe(tool === 'nothing' ? 0 : 1)
    expect(ended.stderr).toContain(tool === 'nothing' ? 'did not answer' : 'A key')
  },
)

test.each(['', '/nowhere'])('a program that gives git PATH=%j is answered too', async (path) => {
  const stage = await installed()
  stage.answer(refusal)
  const hook = join(stage.path, '.git/hooks/pre-commit')
  const ended = await stage.run('/bin/sh', [hook], { env: { PATH: path, HOME: undefined } })
  expect(ended).toMatchObject({ code: 1 })
})

test('AIOS_SKIP names who is not asked', async () => {
  const stage = await installed()
  await stage.git(['commit', '-qm', 'one'], { env: { AIOS_SKIP: 'secrets, large-files' } })
  expect(stage.skipped[0]).toEqual(['secrets', 'large-files'])
})

test('Ctrl-C while a question waits ends the commit and leaves every byte where it was', async () => {
  const stage = await installed({ seconds: 30 })
  stage.answer(() => new Promise(() => {}))
  stage.write('half.md', 'staged\n')
  await stage.git(['add', 'half.md'])
  stage.write('half.md', 'staged\nand not\n')
  stage.write('untracked.md', 'mine\n')
  const picture = async () => {
    const told = [
      ['ls-files', '--stage'],
      ['status', '--porcelain'],
      ['stash', 'list'],
    ].map((args) => stage.git(args))
    const files = await stage.run('cat', ['half.md', 'tide.md', 'untracked.md'])
    return [files.stdout, ...(await Promise.all(told)).map(({ stdout }) => stdout)]
  }
  const before = await picture()
  for (let number = 0; number < 20; number += 1) {
    const commit = spawn('git', ['commit', '-qm', 'never'], {
      cwd: stage.path,
      detached: true,
      stdio: 'ignore',
    })
    const ended = once(commit, 'exit')
    await vi.waitFor(() => expect(stage.asked).toHaveLength(number + 1), { timeout: 10_000, interval: 5 })
    process.kill(-(commit.pid ?? 0), 'SIGINT')
    expect((await ended)[1]).toBe('SIGINT')
    expect(existsSync(join(stage.path, '.git', 'index.lock'))).toBe(false)
  }
  expect(await picture()).toEqual(before)
})

test('sizes are known of packed blobs and submodules as well, and before the first commit of a SHA-256 repository', async () => {
  const stage = await installed()
  await stage.git(['commit', '-qm', 'one'])
  await stage.git(['gc', '-q'])
  await stage.git(['mv', 'tide.md', 'ebb.md'])
  const oid = (await stage.git(['rev-parse', 'HEAD'])).stdout.trim()
  await stage.git(['update-index', '--add', '--cacheinfo', `160000,${oid},module`])
  stage.asked.length = 0
  await stage.git(['commit', '-qm', 'two'])
  expect(stage.asked[0]?.data).toMatchObject({
    files: [
      { path: 'ebb.md', oldPath: 'tide.md', status: 'renamed', size: 24 },
      { path: 'module', mode: '160000', oid, size: 0 },
    ],
  })

  const other = await setHookStage({ objectFormat: 'sha256' })
  await other.hooks.install(await other.repository(), forever)
  await other.git(['commit', '-qm', 'one'])
  expect(other.asked[0]?.data).toMatchObject({ files: [{ path: 'tide.md', status: 'added', size: 24 }] })
})

test('a file that is deleted has neither blob nor size', async () => {
  const stage = await installed()
  await stage.git(['commit', '-qm', 'one'])
  await stage.git(['rm', '-q', 'tide.md'])
  stage.asked.length = 0
  await stage.git(['commit', '-qm', 'two'])
  const gone = { path: 'tide.md', status: 'deleted', mode: '000000', oid: '0'.repeat(40), size: 0 }
  expect(stage.asked[0]?.data).toMatchObject({ files: [gone] })
})
