import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openBundled, openTestSandbox } from '../../fixtures/bundled.ts'
import { createTestRepository, type TestRepository } from '../../fixtures/git/test-repository.ts'

const sandbox = openTestSandbox()
afterAll(() => sandbox.close())

// Put together here, so that no search for secrets stops at this file.
const word = (length: number) => 'k3Vd9QzT7mXw2LpR8sYb5HcN4jFg6WaE'.repeat(4).slice(0, length)
const token = `ghp_${word(36)}`
const awsExample = `AKIA${'IOSFODNN7'}EXAMPLE`
const encoded = Array.from({ length: 12 }, (_, index) =>
  Buffer.from(word(48 + index))
    .toString('base64')
    .slice(0, 64),
)
const key = [
  '-----BEGIN RSA PRIVATE' + ' KEY-----',
  ...encoded,
  '-----END RSA PRIVATE' + ' KEY-----',
  '',
].join('\n')

/** A repository with one commit and something staged. */
function staging(
  files: Readonly<Record<string, string | Buffer>>,
  before: Readonly<Record<string, string>> = {},
): TestRepository {
  const repository = createTestRepository()
  repository.commit('before', { 'readme.md': 'Tides.\n', ...before })
  for (const [path, content] of Object.entries(files)) repository.write(path, content)
  repository.git('add', '--all')
  return repository
}

test('a secret is refused, with its file, its line and its kind, and without itself', async () => {
  const repository = staging({ 'src/tide.ts': `const a = 1\nconst token = '${token}'\n`, 'key.pem': key })
  const outcome = await (await openBundled('secrets', repository, sandbox)).preCommit()
  expect(outcome).toMatchObject({
    decision: 'deny',
    deniedBy: 'secrets',
    findings: [
      { path: 'key.pem', line: 1, severity: 'error', message: expect.stringContaining('privatekey') },
      {
        path: 'src/tide.ts',
        line: 2,
        message: expect.stringContaining('github'),
        silence: expect.stringContaining('AIOS_SKIP=secrets'),
      },
    ],
  })
  expect(JSON.stringify(outcome)).not.toContain(word(30))
})

test('what is looked at is the index, whatever the worktree holds by now', async () => {
  const repository = staging({ 'a.ts': `'${token}'\n` })
  repository.write('a.ts', 'nothing\n')
  const bundled = await openBundled('secrets', repository, sandbox)
  expect(await bundled.preCommit()).toMatchObject({ decision: 'deny' })
  repository.git('add', '--all')
  repository.write('a.ts', `'${token}'\n`)
  expect(await bundled.preCommit()).toMatchObject({ decision: 'allow', findings: [] })
})

test('a secret that HEAD holds already, in whatever line, is not refused again', async () => {
  const before = `one\n'${token}'\n${'line\n'.repeat(300)}`
  const repository = staging(
    { 'a.ts': `zero\n${before.replace("'ghp", "const same = 'ghp")}more\n`, 'b.ts': 'b\n' },
    { 'a.ts': before },
  )
  const bundled = await openBundled('secrets', repository, sandbox)
  expect(await bundled.preCommit()).toMatchObject({ decision: 'allow', findings: [] })
  repository.write('a.ts', `${before}${'line\n'.repeat(300)}'ghp_${word(35)}x'\n`)
  repository.git('add', '--all')
  expect(await bundled.preCommit()).toMatchObject({
    decision: 'deny',
    findings: [{ path: 'a.ts', line: 603 }],
  })
})

test('examples are let through, and in a folder of tests a secret is a warning', async () => {
  const repository = staging({
    'docs.txt': `${awsExample}\npostgres://user:password@localhost:5432/tides\nhttps://user:pass@example.com/\n`,
    'test/fixtures/key.pem': key,
  })
  expect(await (await openBundled('secrets', repository, sandbox)).preCommit()).toMatchObject({
    decision: 'allow',
    findings: [{ path: 'test/fixtures/key.pem', severity: 'warning' }],
  })
})

test('the settings allow files, folders and kinds', async () => {
  const repository = staging({ 'a.ts': `'${token}'\n`, 'keys/b.pem': key })
  const bundled = await openBundled('secrets', repository, sandbox)
  const allowing = async (config: Readonly<Record<string, unknown>>) => {
    await bundled.set(config)
    const { findings, results } = await bundled.preCommit()
    expect(results).toMatchObject([{ status: 'ok' }])
    return findings.length
  }
  expect(await allowing({ allow: ['a.ts'] })).toBe(1)
  expect(await allowing({ allow: ['a.ts', 'keys/'] })).toBe(0)
  expect(await allowing({ kinds: ['github'], allow: ['keys/'] })).toBe(0)
})

test('binary and huge files, links, deletions, odd names and a first commit are taken as they come', async () => {
  const repository = createTestRepository()
  const odd = 'od\u001b[31md\n"name\'.ts'
  repository.write('blob.bin', Buffer.concat([Buffer.from([0, 1]), Buffer.from(token)]))
  repository.write('huge.txt', `${'x'.repeat(10 * 2 ** 20)}${token}`)
  repository.write(odd, `'${token}'\n`)
  repository.git('add', '--all')
  repository.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},module`)
  const bundled = await openBundled('secrets', repository, sandbox)
  const first = await bundled.preCommit()
  expect(first).toMatchObject({ decision: 'deny', results: [{ status: 'ok' }] })
  expect(first.findings.map(({ path }) => path)).toEqual([odd])
  expect(first.findings[0]?.silence).toContain('the setting allow')

  repository.git('commit', '--quiet', '-m', 'first')
  expect(await bundled.preCommit()).toMatchObject({
    decision: 'allow',
    findings: [],
    results: [{ status: 'ok' }],
  })
  repository.git('rm', '--quiet', '--cached', '--', odd, 'blob.bin', 'huge.txt')
  expect(await bundled.preCommit()).toMatchObject({
    decision: 'allow',
    findings: [],
    results: [{ status: 'ok' }],
  })
})

test('a merge is searched as what it changes', async () => {
  const repository = staging({})
  repository.git('checkout', '--quiet', '-b', 'side')
  repository.commit('side', { 'side.ts': `'${token}'\n` })
  repository.git('checkout', '--quiet', 'main')
  repository.commit('main', { 'main.ts': 'x\n' })
  repository.git('merge', '--quiet', '--no-commit', 'side')
  expect(await (await openBundled('secrets', repository, sandbox)).preCommit()).toMatchObject({
    decision: 'deny',
    findings: [{ path: 'side.ts' }],
  })
})

test('a secret in an alternate that is new is refused, and a blob that cannot be read is not called harmless', async () => {
  const repository = staging({ 'a.ts': 'a\n' })
  const bundled = await openBundled('secrets', repository, sandbox)
  expect(await bundled.preCommit()).toMatchObject({ decision: 'allow', results: [{ status: 'ok' }] })

  const objects = join(repository.path, '.git', 'objects')
  const elsewhere = createTestRepository()
  elsewhere.commit('elsewhere', { 'b.ts': `'${token}'\n` })
  writeFileSync(join(objects, 'info', 'alternates'), join(elsewhere.path, '.git', 'objects'))
  repository.write('b.ts', `'${token}'\n`)
  repository.git('add', '--all')
  expect(await bundled.preCommit()).toMatchObject({ decision: 'deny', findings: [{ path: 'b.ts' }] })

  repository.write('c.ts', 'c\n')
  repository.git('add', '--all')
  const lost = repository.git('rev-parse', ':c.ts')
  repository.git('write-tree')
  rmSync(join(objects, lost.slice(0, 2), lost.slice(2)))
  const { results } = await bundled.preCommit()
  expect(results).toMatchObject([{ status: 'failed', message: expect.stringContaining(lost) }])
})
