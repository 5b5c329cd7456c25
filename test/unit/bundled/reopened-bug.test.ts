import { afterAll, expect, test } from 'vitest'
import { openBundled, openTestSandbox } from '../../fixtures/bundled.ts'
import { createTestRepository, type TestRepository } from '../../fixtures/git/test-repository.ts'

const sandbox = openTestSandbox()
afterAll(() => sandbox.close())

const filler = Array.from({ length: 12 }, (_, at) => `  tank.measure("depth ${at}", ${at})`)
const start = [
  'export function flood(tank) {',
  '  const level = tank.read()',
  '  tank.open(level)',
  '  return level',
  ...filler,
  '}',
  '',
]
const guard = [
  '  if (level > tank.height) throw new RangeError("overflowing")',
  '  tank.lock(Symbol.for("flooding"))',
]
const [head = '', read = '', ...rest] = start
const sound = [head, read, ...guard, ...rest].join('\n')
const broken = start.join('\n')

/** A repository in which a fix added a guard to `tank.ts`. */
function withFix(message = 'Fix the flood at high tide\n\nFixes #12'): {
  repository: TestRepository
  fix: string
} {
  const repository = createTestRepository()
  repository.commit('Add the tank', { 'tank.ts': broken, 'other.ts': 'export const other = 1\n' })
  const fix = repository.commit(message, { 'tank.ts': sound })
  repository.commit('Go on', { 'other.ts': 'export const other = 2\n' })
  return { repository, fix }
}

function stage(repository: TestRepository, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [path, content] of Object.entries(files)) repository.write(path, content)
  repository.git('add', '--all')
}

const quiet = { decision: 'allow', findings: [], results: [{ status: 'ok' }] }

test('the fix whose lines go is named, with what it closed and the lines', async () => {
  const { repository, fix } = withFix()
  stage(repository, { 'tank.ts': broken })
  const bundled = await openBundled('reopened-bug', repository, sandbox, { remembers: true })
  expect(await bundled.preCommit()).toMatchObject({
    decision: 'allow',
    findings: [
      {
        path: 'tank.ts',
        line: 3,
        severity: 'warning',
        evidence: [fix],
        message: expect.stringMatching(
          new RegExp(
            `^2 of the 2 lines go that ${fix.slice(0, 8)} \\(Fix the flood at high tide\\) of .* closed #12; .*lines 3, 4\\.$`,
          ),
        ),
        silence: expect.stringContaining('AIOS_SKIP=reopened-bug'),
      },
    ],
  })
})

test('it follows the file through a rename of this change', async () => {
  const { repository, fix } = withFix()
  repository.git('mv', 'tank.ts', 'basin.ts')
  stage(repository, { 'basin.ts': broken })
  const bundled = await openBundled('reopened-bug', repository, sandbox, { remembers: true })
  expect(await bundled.preCommit()).toMatchObject({ findings: [{ path: 'basin.ts', evidence: [fix] }] })
})

const harmless: readonly (readonly [string, Readonly<Record<string, string | Buffer>>])[] = [
  ['lines that move within the file', { 'tank.ts': `${[head, ...guard, read, ...rest].join('\n')}` }],
  ['lines that move to another file', { 'tank.ts': broken, 'guard.ts': guard.join('\n') }],
  ['lines that are indented anew', { 'tank.ts': sound.replaceAll('  ', '\t\t') }],
  [
    'lines that are edited',
    {
      'tank.ts': sound.replace('"overflowing"', '`overflowing by ${level}`').replace('lock(', 'lock(level, '),
    },
  ],
  ['other lines', { 'tank.ts': sound.replace('  return level\n', '') }],
  ['a new binary file', { 'tank.ts': Buffer.from([0, 1, 2, 3]) }],
  ['a file of ten megabytes', { 'tank.ts': 'x'.repeat(10 * 2 ** 20) }],
  ['odd names', { 'a\n"b\u001b[0m.ts': 'x\n' }],
  ['nothing', {}],
]

test('nothing is said of what takes no fix away', async () => {
  const { repository } = withFix()
  const bundled = await openBundled('reopened-bug', repository, sandbox, { remembers: true })
  for (const [what, files] of harmless) {
    repository.git('reset', '--quiet', '--hard')
    stage(repository, files)
    expect({ what, ...(await bundled.preCommit()) }).toMatchObject({ what, ...quiet })
  }
})

test('a file that is deleted as a whole is meant to go', async () => {
  const { repository } = withFix()
  repository.git('rm', '--quiet', 'tank.ts')
  const bundled = await openBundled('reopened-bug', repository, sandbox, { remembers: true })
  expect(await bundled.preCommit()).toMatchObject(quiet)
})

test('a commit that says it mended the form, or nothing at all, fixed no bug', async () => {
  const repository = createTestRepository()
  const messages = ['Add a guard to the tank', 'fix lint', 'docs: fix the comment', 'fix: typo in tank']
  const files = (text: string) => Object.fromEntries(messages.map((_, at) => [`tank${at}.ts`, text]))
  repository.commit('Add the tanks', files(broken))
  for (const [at, message] of messages.entries()) repository.commit(message, { [`tank${at}.ts`]: sound })
  stage(repository, files(broken))
  const bundled = await openBundled('reopened-bug', repository, sandbox, { remembers: true })
  expect(await bundled.preCommit()).toMatchObject(quiet)
})

test('the settings silence it', async () => {
  const { repository } = withFix('fix: the flood')
  stage(repository, { 'tank.ts': broken })
  const bundled = await openBundled('reopened-bug', repository, sandbox, { remembers: true })
  const found = async (config: Readonly<Record<string, unknown>>) => {
    await bundled.set(config)
    const { findings, results } = await bundled.preCommit()
    expect(results).toMatchObject([{ status: 'ok' }])
    return findings.length
  }
  expect(await found({})).toBe(1)
  expect(await found({ onlyClosing: true })).toBe(0)
  expect(await found({ ignore: ['tank.ts'] })).toBe(0)
  stage(repository, { 'tank.ts': sound.replace(`${guard[0]}\n`, '') })
  expect(await found({})).toBe(0)
  expect(await found({ leastLines: 1 })).toBe(1)
  expect(await found({ leastLines: 1, leastShare: 0.9 })).toBe(0)
})

test('a merge that takes the fix away is seen', async () => {
  const { repository, fix } = withFix()
  repository.git('checkout', '--quiet', '-b', 'side')
  repository.commit('Simplify', { 'tank.ts': broken })
  repository.git('checkout', '--quiet', 'main')
  repository.commit('Meanwhile', { 'main.ts': 'x\n' })
  repository.git('merge', '--quiet', '--no-commit', 'side')
  const bundled = await openBundled('reopened-bug', repository, sandbox, { remembers: true })
  expect(await bundled.preCommit()).toMatchObject({ findings: [{ evidence: [fix] }] })
})
