import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createGit } from '../../../daemon/git/git.ts'
import { createQuickGit } from '../../../daemon/git/quick-git.ts'

function setUp() {
  const git = createGit()
  if (git === undefined) throw new Error('These tests need git.')
  const quick = createQuickGit(git)
  onTestFinished(() => quick.close())
  const cwd = join(mkdtempSync(join(tmpdir(), 'quick-')), `it's "here"\n$HOME \`x\``)
  mkdirSync(cwd)
  execFileSync('git', ['init', '-q', cwd])
  return { git, quick, cwd }
}

test('what git prints comes whole, whatever is in it, and so does its exit code', async () => {
  const { git, quick, cwd } = setUp()
  const large = 'the tide turned\0\n'.repeat(50_000)
  writeFileSync(join(cwd, 'large'), large)
  execFileSync('git', ['-C', cwd, 'add', '.'])
  const args = ['cat-file', 'blob', ':large']
  expect((await quick.run(args, { cwd })).stdout.toString()).toBe(large)
  expect(await quick.run(['ls-files', '-z'], { cwd })).toMatchObject({
    code: 0,
    stdout: Buffer.from('large\0'),
  })

  const absent = ['rev-parse', '--verify', '--quiet', 'HEAD']
  expect((await quick.run(absent, { cwd })).code).toBe((await git.run(absent, { cwd })).code)
  const env = { GIT_INDEX_FILE: join(cwd, "no'ne") }
  expect(await quick.run(['ls-files'], { cwd, env })).toMatchObject({ code: 0, stdout: Buffer.from('') })
})

test('those who ask at the same time are told each its own', async () => {
  const { quick, cwd } = setUp()
  const said = await Promise.all(
    Array.from({ length: 5 }, (_, number) => quick.run(['rev-parse', '--sq-quote', `${number}`], { cwd })),
  )
  expect(said.map(({ stdout }) => stdout.toString())).toEqual(
    [0, 1, 2, 3, 4].map((number) => ` '${number}'\n`),
  )
})

test('who gives up is told at once, and the next is served', async () => {
  const { quick, cwd } = setUp()
  const pipe = join(cwd, 'pipe')
  execFileSync('mkfifo', [pipe])
  const leaving = new AbortController()
  // Git waits for whoever opens the other end.
  const hanging = quick.run(['hash-object', '--no-filters', pipe], { cwd, signal: leaving.signal })
  setTimeout(() => leaving.abort(new Error('gone')), 200)
  await expect(hanging).rejects.toThrow('gone')
  expect((await quick.run(['ls-files'], { cwd })).code).toBe(0)
  await expect(quick.run(['ls-files'], { cwd, signal: leaving.signal })).rejects.toThrow('gone')
})
