import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createPlace, writeHistory, type Ended, type Place } from './place.ts'

let place: Place
beforeEach(() => {
  place = createPlace()
})
afterEach(() => place.clear())

test('a repository that is made deeper is remembered as if it had always been whole', async () => {
  writeHistory(place, 'main', 30)
  const clone = join(place.home, 'shallow')
  place.git('clone', '--quiet', '--depth', '5', `file://${place.repository}`, clone)
  expect(first(place.aios(['init', '--json'], { cwd: clone }))).toMatchObject({ episodes: 5, pending: 0 })

  place.git('-C', clone, 'fetch', '--quiet', '--unshallow')
  expect(first(place.aios(['init', '--json'], { cwd: clone }))).toMatchObject({ episodes: 30, complete: 30 })
  place.aios(['daemon', 'restart'])
  expect(first(place.aios(['init', '--json'], { cwd: clone }))).toMatchObject({
    episodes: 30,
    unreachable: 0,
  })
  expect(place.aios(['show', 'HEAD~4'], { cwd: clone }).stdout).not.toContain('notes/1.txt')
})

test('what a partial clone left on its server is not fetched', () => {
  writeHistory(place, 'main', 10)
  place.git('config', 'uploadpack.allowFilter', 'true')
  const clone = join(place.home, 'partial')
  place.git('clone', '--quiet', '--bare', '--filter=blob:none', `file://${place.repository}`, clone)
  const [program, witness] = [join(place.home, 'upload-pack'), join(place.home, 'fetched')]
  writeFileSync(program, `#!/bin/sh\ntouch '${witness}'\nexec git-upload-pack "$@"\n`)
  chmodSync(program, 0o755)
  place.git('-C', clone, 'config', 'remote.origin.uploadpack', program)

  const options = { cwd: clone }
  expect(first(place.aios(['init', '--json'], options))).toMatchObject({
    episodes: 10,
    complete: 0,
    skipped: 0,
    pending: 0,
  })
  expect(place.aios(['status'], options).stdout).toContain(
    "10 commits' changes are not in this partial clone",
  )
  expect(place.aios(['recall', 'word7'], options).stdout).toContain('note word7')
  expect(place.aios(['show', 'HEAD'], options).stdout).toContain('notes/9.txt')
  expect(place.aios(['why', 'notes/3.txt:2'], options).code).toBe(1)
  expect(existsSync(witness)).toBe(false)
  place.git('-C', clone, 'cat-file', '-p', 'HEAD:notes/9.txt')
  expect(existsSync(witness), 'the witness sees a fetch').toBe(true)

  place.git('-C', clone, 'fetch', '--quiet', '--refetch', '--no-filter')
  expect(first(place.aios(['init', '--json'], options))).toMatchObject({
    complete: 10,
    skipped: 0,
    pending: 0,
  })
  expect(place.aios(['doctor'], options).code).toBe(0)
})

test('a broken object costs its commit alone, until it is whole again', () => {
  for (let index = 1; index <= 6; index++) commit(`file${index}`, `note word${index}`)
  const broken = ['HEAD~3^{tree}', 'HEAD~1:file5', 'HEAD~4'].map((name) =>
    place.git('rev-parse', name).trim(),
  )
  const files = broken.map((oid) => join(place.repository, '.git/objects', oid.slice(0, 2), oid.slice(2)))
  place.git('branch', 'before', 'HEAD~5')
  for (const [index, file] of files.entries()) {
    cpSync(file, join(place.home, `saved${index}`))
    rmSync(file)
    writeFileSync(file, 'no object')
  }

  expect(place.aios(['init']).stdout).toContain('could not be read')
  expect(place.aios(['recall', 'word6']).stdout).toContain('note word6')
  expect(place.aios(['recall', 'word1']).stdout).toContain('note word1')
  expect(place.aios(['status']).stdout).toContain('`aios doctor --fix`')
  expect(place.aios(['doctor']).code).toBe(7)

  for (const [index, file] of files.entries()) cpSync(join(place.home, `saved${index}`), file)
  expect(place.aios(['doctor', '--fix']).code).toBe(0)
  expect(first(place.aios(['status', '--json']))).toMatchObject({ episodes: 6, complete: 6, skipped: 0 })
})

test('who registers a repository is told what of it cannot be read, and that it is nothing at all', () => {
  for (let index = 1; index <= 6; index++) commit(`file${index}`, `note word${index}`)
  place.git('branch', 'whole', 'HEAD~5')
  const tree = place.git('rev-parse', 'HEAD~3^{tree}').trim()
  rmSync(join(place.repository, '.git/objects', tree.slice(0, 2), tree.slice(2)))
  const partly = place.aios(['init', '--json'])
  expect(partly.code).toBe(0)
  expect(warningsOf(partly)).toEqual([expect.stringMatching(/^2 commits could not be read, or not whole/)])
  expect(place.aios(['init']).stdout).toMatch(/^✔[^]*^! 2 commits could not be read, or not whole/m)

  const other = join(place.home, 'other')
  place.git('clone', '--quiet', '--no-local', '--single-branch', '--branch', 'whole', place.repository, other)
  const packs = join(other, '.git/objects/pack')
  for (const name of readdirSync(packs)) {
    if (!name.endsWith('.idx')) continue
    chmodSync(join(packs, name), 0o644)
    truncateSync(join(packs, name), 100)
  }
  const nothing = place.aios(['init', '--json'], { cwd: other })
  expect(nothing.code).toBe(7)
  expect(warningsOf(nothing)).toContainEqual(expect.stringMatching(/^Nothing of the history/))
  expect(place.aios(['init'], { cwd: other }).stdout).toMatch(/^! (?!.*commit)/)
})

test('a repository of somebody else is refused until it is trusted', (context) => {
  if (process.getuid?.() !== 0) return context.skip('only root can give files away')
  commit('tide.md', 'note the tide')
  for (const path of [place.repository, join(place.repository, '.git')]) chownSync(path, 65_534, 65_534)
  const refused = place.aios(['init'])
  expect(refused).toMatchObject({ code: 4, stdout: '' })
  expect(refused.stderr).toContain('safe.directory')
  place.git('config', '--global', '--add', 'safe.directory', place.repository)
  expect(place.aios(['init']).code).toBe(0)
})

test('a repository that moved keeps its memory and its name', () => {
  commit('tide.md', 'note the tide')
  const { id } = first(place.aios(['init', '--json']))
  const moved = join(place.home, 'elsewhere', 'renamed')
  mkdirSync(dirname(moved))
  renameSync(place.repository, moved)
  const gone = place.aios(['status', '--json'], { cwd: place.home })
  expect(gone.stdout).not.toContain('"state": "ready"')
  expect(place.aios(['daemon', 'restart'], { cwd: place.home }).code).toBe(0)
  const asked = place.aios(['recall', 'tide', '--repo', String(id)], { cwd: place.home })
  expect(asked).toMatchObject({ code: 3 })
  expect(asked.stderr).toContain('run `aios init` at its new place')

  expect(first(place.aios(['init', '--json'], { cwd: moved }))).toMatchObject({
    id,
    path: moved,
    episodes: 1,
  })
  expect(place.aios(['recall', 'tide'], { cwd: moved }).stdout).toContain('note the tide')
  expect(place.aios(['doctor'], { cwd: moved }).code).toBe(0)
})

test('another repository of the same name does not inherit a memory', () => {
  commit('tide.md', 'note the tide')
  const { id } = first(place.aios(['init', '--json']))
  rmSync(place.repository, { recursive: true })
  const other = join(place.home, 'other', 'tide')
  mkdirSync(other, { recursive: true })
  const options = { cwd: other }
  place.aios(['status'], options)
  gitIn(other, 'init', '--quiet')
  gitIn(other, 'commit', '--quiet', '--allow-empty', '-m', 'something else')
  expect(first(place.aios(['init', '--json'], options))).not.toMatchObject({ id })
  expect(place.aios(['recall', 'tide'], options).stdout).not.toContain('note the tide')
})

test('a repository that was away is read again when it is back', async () => {
  commit('tide.md', 'note the tide')
  const daemon = await place.daemon()
  const { id } = first(place.aios(['init', '--json']))
  const away = join(place.home, 'away')
  renameSync(place.repository, away)
  await daemon.until(({ state }) => state === 'missing')
  // What is remembered can be asked all the same.
  expect(place.aios(['recall', 'tide', '--repo', String(id)], { cwd: place.home }).stdout).toContain(
    'the tide',
  )
  renameSync(away, place.repository)
  commit('tide.md', 'note the ebb')
  await daemon.until(({ state, episodes, pending }) => state === 'ready' && episodes === 2 && pending === 0)
  await daemon.end('SIGTERM')

  // The same for a daemon that starts while it is away.
  renameSync(place.repository, away)
  const second = await place.daemon()
  await second.until(({ state }) => state === 'missing')
  renameSync(away, place.repository)
  await second.until(({ state, episodes }) => state === 'ready' && episodes === 2)
}, 60_000)

test('a folder whose repository is gone does not speak for the one around it', () => {
  const inner = join(place.repository, 'inner')
  mkdirSync(inner)
  commit('tide.md', 'note the tide')
  gitIn(inner, 'init', '--quiet')
  gitIn(inner, 'commit', '--quiet', '--allow-empty', '-m', 'a secret of the inner one')
  const { id } = first(place.aios(['init', '--json'], { cwd: inner }))
  rmSync(join(inner, '.git'), { recursive: true })
  place.aios(['daemon', 'restart'])
  const { state, path } = first(place.aios(['status', '--json']))
  expect({ state, path }).toEqual({ state: 'missing', path: inner })
  expect(place.aios(['timeline', '--repo', String(id)]).stdout).not.toContain('note the tide')
})

test('a repository whose worktree is said to be another one does not answer for that one', () => {
  commit('tide.md', 'note the tide')
  const evil = join(place.home, 'evil')
  mkdirSync(evil)
  gitIn(evil, 'init', '--quiet')
  gitIn(evil, 'commit', '--quiet', '--allow-empty', '-m', 'of its own')
  gitIn(evil, 'config', 'core.worktree', place.repository)
  const options = { cwd: evil }
  const { id, path } = first(place.aios(['init', '--json'], options))
  expect(path).toBe(join(evil, '.git'))
  expect(place.aios(['timeline'], options).stdout).toContain('of its own')
  expect(place.aios(['recall', 'tide'], options).stdout).not.toContain('note the tide')
  expect(place.aios(['status'], options).stdout).toContain('`git config --unset core.worktree`')

  expect(first(place.aios(['init', '--json']))).toMatchObject({ path: place.repository })
  expect(place.aios(['recall', 'tide']).stdout).toContain('note the tide')
  expect(place.aios(['repo', 'list', '--json'], { cwd: place.home }).stdout.match(/"path"/g)).toHaveLength(2)

  // With the setting gone, it is the same repository, at its own place.
  gitIn(join(evil, '.git'), 'config', '--file', 'config', '--unset', 'core.worktree')
  expect(first(place.aios(['init', '--json'], options))).toMatchObject({ id, path: evil })
  expect(place.aios(['timeline', '--repo', String(id)], options).stdout).toContain('of its own')
})

test('without git a plain repository is read all the same', () => {
  commit('tide.md', 'note the tide')
  commit('tide.md', 'fix: the tide turns at midnight')
  const programs = join(place.home, 'bin')
  mkdirSync(programs)
  symlinkSync(process.execPath, join(programs, 'node'))
  const options = { environment: { ...place.environment, PATH: programs } }
  expect(first(place.aios(['init', '--json'], options))).toMatchObject({
    episodes: 2,
    complete: 2,
    skipped: 0,
  })
  expect(place.aios(['recall', 'midnight'], options).stdout).toContain('the tide turns at midnight')
  expect(place.aios(['show', 'HEAD'], options).stdout).toContain('tide.md')
  expect(place.aios(['timeline'], options).stdout).toContain('note the tide')
  for (const command of [
    ['why', 'tide.md:1'],
    ['related', '--staged'],
  ]) {
    const { code, stderr } = place.aios(command, options)
    expect({ code, says: /needs it|Install git/.test(stderr) }).toEqual({ code: 1, says: true })
  }
  expect(place.aios(['doctor'], options).stdout).toContain('no git on PATH')
})

function commit(path: string, message: string): void {
  writeFileSync(join(place.repository, path), `${message}\n`)
  place.git('add', path)
  place.git('commit', '--quiet', '-m', message)
}

function gitIn(folder: string, ...args: string[]): string {
  return place.git('-C', folder, ...args)
}

/** Returns the repository of an answer that tells of one, or of the first. */
function warningsOf({ stdout }: Ended): unknown {
  const printed: unknown = JSON.parse(stdout)
  return typeof printed === 'object' && printed !== null && 'warnings' in printed
    ? printed.warnings
    : undefined
}

function first({ data, stderr }: Ended): Record<string, unknown> {
  if (typeof data === 'object' && data !== null) {
    if ('repository' in data) return { ...Object(data.repository) }
    if ('repositories' in data && Array.isArray(data.repositories)) return { ...Object(data.repositories[0]) }
  }
  throw new Error(`There is no repository in the answer. ${stderr}`)
}
