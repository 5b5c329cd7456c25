import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { openCatFile } from '../../../daemon/git/cat-file.ts'
import { createGit } from '../../../daemon/git/git.ts'
import { endWhenSilent } from '../../../daemon/git/silence.ts'
import { createTestRepository } from '../../fixtures/git/test-repository.ts'

/** A git that leaves its number in a file and then says nothing until it may, or for ever. */
function silentGit(folder: string) {
  const [binary, pid, goOn] = ['silent-git', 'pid', 'go-on'].map((name) => join(folder, name))
  if (binary === undefined || pid === undefined || goOn === undefined) throw new Error('No place.')
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()
  const lines = ['#!/bin/sh', `echo $$ >'${pid}'`, `[ -e '${goOn}' ] || sleep 20`, `exec '${real}' "$@"`]
  writeFileSync(binary, lines.join('\n'))
  chmodSync(binary, 0o755)
  const git = createGit({ binary })
  if (git === undefined) throw new Error('These tests need git.')
  return { git, pid, goOn }
}

test('a held-open git that says nothing is ended, and the next one is asked in its place', async () => {
  const repository = createTestRepository()
  const oid = repository.commit('one', { 'tide.md': 'low\n' })
  const where = { cwd: repository.path, gitDir: join(repository.path, '.git') }
  const { git, goOn } = silentGit(repository.path)
  const deaf = openCatFile(git, 'sizes', where, 50)
  expect(await Promise.all([deaf.ask(oid), deaf.ask('HEAD')])).toEqual([undefined, undefined])
  expect(deaf.isAlive()).toBe(false)

  writeFileSync(goOn, '')
  const next = openCatFile(git, 'sizes', where)
  onTestFinished(() => next.close())
  expect(await next.ask(oid)).toMatchObject({ oid, type: 'commit' })
}, 15_000)

test('a process of which nobody wants to hear is left alone', async () => {
  const { path } = createTestRepository()
  writeFileSync(join(path, 'echo'), '#!/bin/sh\nexec cat', { mode: 0o755 })
  const echo = createGit({ binary: join(path, 'echo') })?.start([], { cwd: path })
  if (echo === undefined) throw new Error('There is no shell.')
  let isWaitedFor = true
  let isOver = false
  void echo.ended.then(() => (isOver = true))
  echo.stdin.write('one\n')
  await once(echo.stdout, 'data')
  const silence = endWhenSilent(echo, () => isWaitedFor, 50)
  silence.asked()
  isWaitedFor = false
  await sleep(300)
  expect(isOver).toBe(false)
  isWaitedFor = true
  silence.asked()
  await echo.ended
})

test('a command that is stopped is over at once, whatever it started', async () => {
  const repository = createTestRepository()
  const { git, pid } = silentGit(repository.path)
  const ending = new AbortController()
  const answer = git.run(['--version'], { cwd: repository.path, signal: ending.signal })
  while (!existsSync(pid)) await sleep(5)
  ending.abort(new Error('stopped'))
  await expect(answer).rejects.toThrow('stopped')
}, 15_000)
