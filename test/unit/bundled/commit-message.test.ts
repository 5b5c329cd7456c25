import { afterAll, expect, test } from 'vitest'
import { openBundled, openTestSandbox } from '../../fixtures/bundled.ts'
import { createTestRepository, streamOf, type TestRepository } from '../../fixtures/git/test-repository.ts'

const sandbox = openTestSandbox()
afterAll(() => sandbox.close())

/** A repository whose messages are what `messageOf` says. */
function withMessages(messageOf: (turn: number) => string): TestRepository {
  const repository = createTestRepository()
  const commits = Array.from({ length: 40 }, (_, turn) => ({
    message: messageOf(turn),
    files: { a: `${turn}\n` },
  }))
  repository.fastImport(streamOf(commits))
  repository.git('checkout', '--quiet', '--force', 'main')
  return repository
}

test('where the form is usual, another message is a warning that says how usual', async () => {
  const repository = withMessages((turn) => (turn === 7 ? 'Whatever' : `fix(tide): turn ${turn}`))
  const bundled = await openBundled('commit-message', repository, sandbox, { remembers: true })
  expect(await bundled.commitMsg('Mend the tide\n')).toMatchObject({
    decision: 'allow',
    findings: [
      {
        severity: 'warning',
        message: expect.stringMatching(
          /^The message does not begin as in .* 39 of the last 40 messages here have that form\.$/,
        ),
        silence: expect.stringContaining('AIOS_SKIP=commit-message'),
      },
    ],
  })
  expect(await bundled.commitMsg('tide: mend it\n')).toMatchObject({
    findings: [{ message: expect.stringContaining('tide is no type of message') }],
  })
  for (const message of [
    'fix: the tide',
    'feat(tide)!: turn',
    'Merge branch x',
    'Revert "fix: x"',
    'fixup! x',
    'v1.2.3',
    '',
    '# only\n# comments',
  ])
    expect({ message, ...(await bundled.commitMsg(message)) }).toMatchObject({
      message,
      findings: [],
      results: [{ status: 'ok' }],
    })
})

test('where it is not usual, or nothing is known yet, nothing is said', async () => {
  const mixed = withMessages((turn) => (turn % 4 === 0 ? 'Whatever' : `fix: turn ${turn}`))
  const bundled = await openBundled('commit-message', mixed, sandbox, { remembers: true })
  expect(await bundled.commitMsg('Mend the tide')).toMatchObject({
    findings: [],
    results: [{ status: 'ok' }],
  })

  const young = createTestRepository()
  young.commit('fix: one', { a: '1\n' })
  const early = await openBundled('commit-message', young, sandbox, { remembers: true })
  expect(await early.commitMsg('Mend the tide')).toMatchObject({ findings: [], results: [{ status: 'ok' }] })
})

test('the settings make it refuse, and say what is allowed', async () => {
  const config = {
    when: 'refuse',
    types: ['fix', 'feat'],
    scopes: ['tide'],
    needsScope: true,
    mostCharacters: 20,
  }
  const repository = createTestRepository()
  const bundled = await openBundled('commit-message', repository, sandbox, { config })
  const complaints = async (message: string) => {
    const { decision, findings } = await bundled.commitMsg(message)
    return [decision, ...findings.map((finding) => finding.message)]
  }
  expect(await complaints('fix(tide): turn')).toEqual(['allow'])
  expect(await complaints('Mend it')).toEqual(['deny', expect.stringContaining('types are fix, feat')])
  expect(await complaints('docs: x')).toEqual([
    'deny',
    expect.stringContaining('docs is no type'),
    expect.stringContaining('names no scope'),
  ])
  expect(await complaints(`fix(moon): ${'x'.repeat(30)}`)).toEqual([
    'deny',
    expect.stringContaining('moon is no scope here'),
    'The subject has 41 characters; 20 is the limit.',
  ])
})

test('a message is only ever text', async () => {
  const bundled = await openBundled('commit-message', createTestRepository(), sandbox, {
    config: { when: 'warn' },
  })
  for (const message of [
    `\u001b[31m\u0000${'x'.repeat(100_000)}`,
    `${'a('.repeat(30_000)}: x`,
    `fix${' '.repeat(60_000)}`,
  ])
    expect(await bundled.commitMsg(message)).toMatchObject({
      decision: 'allow',
      findings: [{}],
      results: [{ status: 'ok' }],
    })
})
