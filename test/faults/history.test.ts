import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { questionRoutes } from '../../contract/question-routes.ts'
import { createPlace, filesWith, writeHistory, type Ended, type Place } from './place.ts'

let place: Place
beforeEach(() => {
  place = createPlace()
})
afterEach(() => place.clear())

test('all worktrees of a repository are one memory, and each is asked about itself', () => {
  commit('tide.md', 'note the tide')
  const linked = join(place.home, 'linked')
  place.git('worktree', 'add', '--quiet', '-b', 'side', linked)
  const inside = join(linked, 'deep', 'down')
  mkdirSync(inside, { recursive: true })
  writeFileSync(join(inside, 'ebb.md'), 'The ebb.\n')
  place.git('-C', linked, 'add', '--all')
  place.git('-C', linked, 'commit', '--quiet', '-m', 'note the ebb')

  const { id, path } = first(place.aios(['init', '--json'], { cwd: inside }))
  expect(path).toBe(place.repository)
  expect(first(place.aios(['init', '--json']))).toMatchObject({ id, episodes: 2 })
  expect(place.aios(['recall', 'ebb']).stdout).toContain('note the ebb')
  expect(place.aios(['recall', 'tide'], { cwd: inside }).stdout).toContain('note the tide')
  expect(place.aios(['show', 'HEAD'], { cwd: linked }).stdout).toContain('note the ebb')
  expect(place.aios(['show', 'HEAD']).stdout).toContain('note the tide')
  expect(place.aios(['why', 'ebb.md:1'], { cwd: inside }).stdout).toContain('note the ebb')
  expect(place.aios(['why', 'deep/down/ebb.md:1']).code).toBe(3)

  writeFileSync(join(linked, 'staged.md'), 'x\n')
  place.git('-C', linked, 'add', 'staged.md')
  expect(place.aios(['related', '--staged']).stdout).toContain('Nothing is staged')
  expect(place.aios(['related', '--staged'], { cwd: linked }).stdout).not.toContain('Nothing is staged')

  // What was registered from a worktree outlives it.
  place.git('worktree', 'remove', '--force', linked)
  expect(first(place.aios(['init', '--json']))).toMatchObject({ id, state: 'ready', episodes: 2 })
})

test('a repository is registered from any folder in it, and a submodule is its own', () => {
  commit('tide.md', 'note the tide')
  const library = join(place.home, 'library')
  mkdirSync(library)
  place.git('-C', library, 'init', '--quiet')
  place.git('-C', library, 'commit', '--quiet', '--allow-empty', '-m', 'begin the library')
  place.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library, 'deep/library')
  place.git('commit', '--quiet', '-m', 'add the library')

  const outer = first(place.aios(['init', '--json'], { cwd: join(place.repository, 'deep') }))
  expect(outer).toMatchObject({ path: place.repository, episodes: 2 })
  const inside = { cwd: join(place.repository, 'deep', 'library') }
  expect(place.aios(['recall', 'begin'], inside)).toMatchObject({ code: 3, stdout: '' })
  const inner = first(place.aios(['init', '--json'], inside))
  expect(inner).toMatchObject({ path: inside.cwd, episodes: 1 })
  expect(inner['id']).not.toBe(outer['id'])
  expect(place.aios(['recall', 'begin'], inside).stdout).toContain('begin the library')
})

test('hundreds of branches, and what came while nobody looked, are remembered', () => {
  writeHistory(place, 'main', 20)
  place.git('reset', '--quiet', '--hard')
  const heads = place.git('rev-list', 'HEAD').trim().split('\n')
  const update = Array.from(
    { length: 600 },
    (_, index) => `create refs/heads/b/${index} ${heads[index % 20]}\n`,
  )
  place.input(['update-ref', '--stdin'], update.join(''))
  expect(first(place.aios(['init', '--json']))).toMatchObject({ episodes: 20, pending: 0 })
  place.aios(['daemon', 'stop'])
  place.git('checkout', '--quiet', 'b/399')
  commit('late.md', 'a late heron')
  expect(place.aios(['daemon', 'start']).code).toBe(0)
  expect(first(place.aios(['init', '--json']))).toMatchObject({ episodes: 21, unreachable: 0 })
  expect(place.aios(['recall', 'heron']).stdout).toContain('a late heron')
})

test('a history that is rewritten, pushed over and collected while it is read is remembered as it is', async () => {
  writeHistory(place, 'main', 150)
  place.git('reset', '--quiet', '--hard')
  const daemon = await place.daemon()
  place.aios(['init'])
  commit('base.md', 'a new base', 'HEAD~149')
  const base = place.git('rev-parse', 'HEAD').trim()
  place.git('rebase', '--quiet', '--onto', base, 'main~149', 'main')
  place.git('reflog', 'expire', '--expire=now', '--all')
  place.git('gc', '--quiet', '--prune=now')
  const settled = first(place.aios(['init', '--json']))
  expect(settled).toMatchObject({ state: 'ready', pending: 0, skipped: 0 })
  const reachable = Number(place.git('rev-list', '--all', '--count'))
  expect(Number(settled['episodes']) - Number(settled['unreachable'])).toBe(reachable)
  // What is on a branch stands before what it took the place of.
  const question = { question: 'word120', repository: place.repository }
  const [hit] = (await daemon.client.call(questionRoutes.recall, question)).hits
  expect(hit).toMatchObject({ oid: place.git('rev-parse', ':/word120 of').trim(), reachable: true })

  for (let round = 0; round < 5; round++) {
    writeHistory(place, `round-${round}`, 200, 1000 + round * 200)
    place.git('branch', '--quiet', '--force', 'pushed', `round-${round}`)
    if (round % 2 === 1) place.git('branch', '--quiet', '-D', `round-${round - 1}`)
    place.git('reflog', 'expire', '--expire=now', '--all')
    place.git('gc', '--quiet', '--prune=now')
  }
  const calm = first(place.aios(['init', '--json']))
  expect(calm).toMatchObject({ state: 'ready', pending: 0 })
  const held = new Set(place.git('rev-list', '--all').trim().split('\n'))
  expect(Number(calm['episodes'])).toBeGreaterThanOrEqual(held.size)
  expect((await daemon.status()).problems.filter(({ code }) => code !== 'repository.unreadable')).toEqual([])
  expect((await daemon.end('SIGTERM')).log).not.toContain('was not handled')
}, 120_000)

test('what is forgotten is gone from the disk, and what is thrown away is read again', () => {
  commit('tide.md', 'note the quokkatide')
  const { id } = first(place.aios(['init', '--json']))
  place.aios(['recall', 'quokkatide'])
  expect(filesWith(place.folders.state, 'quokkatide').length).toBeGreaterThan(0)
  expect(place.aios(['repo', 'reindex']).code).toBe(0)
  expect(first(place.aios(['init', '--json']))).toMatchObject({ id, episodes: 1, complete: 1 })
  const oid = place.git('rev-parse', 'HEAD').trim()

  expect(place.aios(['repo', 'forget', '.']).code).toBe(0)
  expect(place.aios(['recall', 'quokkatide']).code).toBe(3)
  for (const trace of ['quokkatide', 'QUOKKATIDE', Buffer.from(oid, 'hex')])
    expect(filesWith(place.folders.state, trace)).toEqual([])
  expect(readFileSync(join(place.repository, 'tide.md'), 'utf8')).toContain('quokkatide')
})

function commit(path: string, message: string, from?: string): void {
  if (from !== undefined) place.git('checkout', '--quiet', '--detach', from)
  writeFileSync(join(place.repository, path), `${message}\n`)
  place.git('add', path)
  place.git('commit', '--quiet', '-m', message)
}

/** Returns the repository that an answer tells of. */
function first({ data, stderr }: Ended): Record<string, unknown> {
  if (typeof data === 'object' && data !== null && 'repository' in data) return { ...Object(data.repository) }
  throw new Error(`There is no repository in the answer. ${stderr}`)
}
