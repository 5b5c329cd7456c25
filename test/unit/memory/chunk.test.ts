import fc from 'fast-check'
import { expect, test } from 'vitest'
import { limits } from '../../../contract/limits.ts'
import type { CommitPatch } from '../../../contract/commit.ts'
import { createGit } from '../../../daemon/git/git.ts'
import { readPatches } from '../../../daemon/git/history.ts'
import { openRepository } from '../../../daemon/git/repository.ts'
import { piecesOf, type Piece } from '../../../daemon/memory/chunk.ts'
import { snippetOf } from '../../../daemon/memory/snippet.ts'
import { createWorkshop, lines, type Workshop } from './workshop.ts'

const all = () => false

async function patchOf(shop: Workshop, oid: string): Promise<CommitPatch> {
  const repository = await openRepository(shop.path, createGit())
  for await (const [patch] of readPatches(repository, [oid])) if (patch !== undefined) return patch
  throw new Error(`git does not show ${oid}`)
}

const textOf = (piece: Piece): string => Buffer.concat([...piece.lines]).toString()

/** The lines of a piece that the file has at that side, without git's prefixes. */
function sideOf(piece: Piece, hidden: '+' | '-'): string[] {
  return textOf(piece)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(hidden) && !line.startsWith('\\'))
    .map((line) => line.slice(1))
}

/** Says whether the file has the piece's lines where the piece says that they are. */
function standsRight(piece: Piece, content: string, hidden: '+' | '-' = '-'): boolean {
  const own = sideOf(piece, hidden)
  if (own.length === 0) return piece.endLine <= content.split('\n').length - 1
  const there = content.split('\n').slice(piece.startLine - 1, piece.endLine)
  return own.every((line) => there.includes(line)) && own[0] === there[0] && own.at(-1) === there.at(-1)
}

test('pieces say where their lines are in the file after the commit', async () => {
  const shop = createWorkshop()
  shop.work('base', { 'a.txt': lines(900) })
  const changed = Object.fromEntries(
    [5, 6, 200, 500, 501, 899].map((line) => [line, `changed ${line}\nadded`]),
  )
  const oid = shop.work('change', { 'a.txt': lines(900, changed) })
  const pieces = piecesOf(await patchOf(shop, oid), all)
  const content = shop.git('show', `${oid}:a.txt`)
  expect(pieces).toHaveLength(1)
  expect(pieces[0]).toMatchObject({ path: 'a.txt', startLine: 2 })
  expect(content.split('\n')[(pieces[0]?.endLine ?? 0) - 1]).toBe('line 900')
})

test('a long change is cut at lines, and every piece knows its place', async () => {
  const shop = createWorkshop()
  const content = Array.from({ length: 1500 }, (_, index) => `${index} ${'x'.repeat(index % 60)}`).join('\n')
  const oid = shop.work('long', { 'a.txt': `${content}\n` })
  const pieces = piecesOf(await patchOf(shop, oid), all)
  expect(pieces.length).toBeGreaterThan(3)
  expect(pieces.filter((piece) => !standsRight(piece, content))).toEqual([])
  expect(pieces[0]?.startLine).toBe(1)
  for (const [index, piece] of pieces.slice(1).entries())
    expect(piece.startLine).toBe((pieces[index]?.endLine ?? 0) + 1)
})

test('a line that is longer than a piece does not move the lines after it', async () => {
  const shop = createWorkshop()
  const long = '+ + '.repeat(2500)
  const content = `first\n${long}\nthird\n${'filler\n'.repeat(299)}last\n`
  const oid = shop.work('long line', { 'a.txt': content })
  const pieces = piecesOf(await patchOf(shop, oid), all)
  expect(pieces.map(({ startLine, endLine }) => [startLine, endLine]).slice(0, 4)).toEqual([
    [1, 1],
    [2, 2],
    [2, 2],
    [2, 2],
  ])
  const [after] = pieces.filter((piece) => textOf(piece).includes('third'))
  expect([after?.startLine, pieces.at(-1)?.endLine]).toEqual([2, 303])
})

test('wherever a change is cut, its pieces together are the change, and each is where it says', async () => {
  const shop = createWorkshop()
  shop.work('base', { 'a.txt': lines(400) })
  const edits = fc.dictionary(
    fc.integer({ min: 1, max: 400 }).map(String),
    fc.constantFrom('one', 'one\ntwo', 'é'.repeat(700), '+', '-', ' ', '@@ -1 +1 @@', '\\ No newline'),
    { minKeys: 1, maxKeys: 60 },
  )
  await fc.assert(
    fc.asyncProperty(edits, async (changed) => {
      const content = lines(400, changed)
      const oid = shop.work('change', { 'a.txt': content })
      const patch = await patchOf(shop, oid)
      const pieces = piecesOf(patch, all)
      expect(pieces.filter((piece) => !standsRight(piece, content))).toEqual([])
      const whole = Buffer.concat(patch.files.flatMap((file) => file.hunks.map((hunk) => hunk.body)))
      expect(Buffer.concat(pieces.flatMap((piece) => [...piece.lines])).equals(whole)).toBe(true)
      shop.git('reset', '--quiet', '--hard', 'HEAD~1')
    }),
    { numRuns: 12, seed: 3 },
  )
})

test('a deleted file is shown by the lines it had', async () => {
  const shop = createWorkshop()
  shop.work('base', { 'a.txt': lines(30), 'b.txt': 'b\n' })
  shop.git('rm', '--quiet', 'a.txt')
  const oid = shop.work('delete')
  const [piece] = piecesOf(await patchOf(shop, oid), all)
  expect(piece).toMatchObject({ path: 'a.txt', startLine: 1, endLine: 30 })
})

test('a file that lost all of its lines is there, with no lines', async () => {
  const shop = createWorkshop()
  shop.work('base', { 'a.txt': lines(3) })
  const oid = shop.work('empty', { 'a.txt': '' })
  expect(piecesOf(await patchOf(shop, oid), all)).toMatchObject([{ path: 'a.txt', startLine: 0, endLine: 0 }])
})

test('a file without a newline at its end has the lines it has', async () => {
  const shop = createWorkshop()
  shop.work('base', { 'a.txt': 'one\ntwo' })
  const oid = shop.work('more', { 'a.txt': 'one\ntwo\nthree' })
  const [piece] = piecesOf(await patchOf(shop, oid), all)
  expect(piece).toMatchObject({ startLine: 1, endLine: 3 })
})

test('binary files, excluded paths and what lies beyond the limit make no pieces', async () => {
  const shop = createWorkshop()
  const many = Object.fromEntries(Array.from({ length: 80 }, (_, index) => [`${index}.txt`, `${index}\n`]))
  const oid = shop.work('many', { ...many, 'a.bin': 'a\0b', 'lock.json': '{}\n' })
  const patch = await patchOf(shop, oid)
  const isExcluded = (path: string) => path === 'lock.json'
  const pieces = piecesOf(patch, isExcluded)
  expect(pieces).toHaveLength(limits.passagesPerEpisode)
  expect(pieces.map(({ path }) => path)).not.toContain('a.bin')
  expect(pieces.map(({ path }) => path)).not.toContain('lock.json')
})

test('a snippet shows the lines that have the words, with their numbers', async () => {
  const shop = createWorkshop()
  shop.work('base', { 'a.txt': lines(60) })
  const oid = shop.work('change', {
    'a.txt': lines(60, { 10: 'nothing', 30: 'the tide turns', 50: 'nothing' }),
  })
  const patch = await patchOf(shop, oid)
  const [place] = piecesOf(patch, all)
  const snippet = snippetOf(patch, place ?? fail(), ['tides', 'turning'])
  expect(snippet?.text.split('\n')).toContain('+the tide turns')
  const content = shop.git('show', `${oid}:a.txt`).split('\n')
  const shown = (snippet?.text.split('\n') ?? []).filter((line) => !line.startsWith('-'))
  expect(shown.map((line) => line.slice(1))).toEqual(
    content.slice((snippet?.startLine ?? 0) - 1, snippet?.endLine),
  )
})

test('a snippet of lines that were taken out at the end of a file names no line beyond it', async () => {
  const shop = createWorkshop()
  shop.work('base', { 'a.txt': `${lines(10)}${'the tide\n'.repeat(12)}` })
  const oid = shop.work('less', { 'a.txt': lines(10) })
  const patch = await patchOf(shop, oid)
  const [place] = piecesOf(patch, all)
  const snippet = snippetOf(patch, place ?? fail(), ['tide'])
  expect(snippet?.text).toContain('-the tide')
  expect(snippet?.endLine).toBeLessThanOrEqual(10)
  expect(snippet?.startLine).toBeLessThanOrEqual(snippet?.endLine ?? 0)
})

test('a snippet stays within its passage', async () => {
  const shop = createWorkshop()
  const content = Array.from({ length: 400 }, (_, index) => `${index} ${'x'.repeat(40)}`).join('\n')
  const oid = shop.work('long', { 'a.txt': `${content}\n` })
  const patch = await patchOf(shop, oid)
  for (const piece of piecesOf(patch, all)) {
    const next = String(piece.endLine)
    const snippet = snippetOf(patch, piece, [next])
    expect(snippet?.startLine).toBeGreaterThanOrEqual(piece.startLine)
    expect(snippet?.endLine).toBeLessThanOrEqual(piece.endLine)
  }
})

test('there is no snippet of a place that the change does not have', async () => {
  const shop = createWorkshop()
  const oid = shop.work('one', { 'a.txt': 'a\n' })
  const patch = await patchOf(shop, oid)
  expect(snippetOf(patch, { path: 'b.txt', startLine: 1, endLine: 1 }, ['a'])).toBeUndefined()
  expect(snippetOf(patch, { path: 'a.txt', startLine: 7, endLine: 9 }, ['a'])).toBeUndefined()
})

function fail(): never {
  throw new Error('there is no piece')
}
