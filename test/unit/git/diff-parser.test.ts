import { expect, test } from 'vitest'
import type { ParsedCommit } from '../../../daemon/git/commit-assembler.ts'
import { createDiffParser, marker } from '../../../daemon/git/diff-parser.ts'
import { times } from '../../fixtures/git/histories.ts'
import { contents } from '../../fixtures/git/contents.ts'
import { headerFields, headerFormat } from '../../../daemon/git/header-parser.ts'

function parserInto(commits: ParsedCommit[], fields = 1, maxHunkBytes = 1 << 20) {
  return createDiffParser({
    fields,
    maxHunkBytes,
    onCommit: (commit) => void commits.push(commit),
    onMarker: () => {},
  })
}

/** Everything that was parsed, without how its bytes lie in memory. */
function plain(commits: readonly ParsedCommit[]): unknown {
  return JSON.parse(JSON.stringify(commits, (_key, value: unknown) => value))
}

test.each([
  'lines that look like a patch',
  'paths of every byte',
  'merges of odd paths',
  'messages of every kind',
])('%s: are parsed alike, wherever the output is cut', (name) => {
  const repository = contents[name]?.()
  const shape = [
    '-z',
    '--raw',
    '--no-abbrev',
    '-p',
    '-M',
    '--cc',
    '--date=raw',
    `--format=tformat:${headerFormat}`,
  ]
  const args = ['-c', 'core.quotePath=off', 'diff-tree', '--stdin', '--root', '--always', '-r', ...shape]
  const input = `${repository?.git('rev-list', '--all') ?? ''}\n${marker}`
  const output = repository?.run(args, { input }) ?? Buffer.alloc(0)
  const whole: ParsedCommit[] = []
  parserInto(whole, headerFields)(output)
  expect(whole.length).toBeGreaterThan(3)

  for (const size of [1, 2, 3, 7, 64, 1000]) {
    const commits: ParsedCommit[] = []
    const parse = parserInto(commits, headerFields)
    for (let from = 0; from < output.length; from += size) parse(output.subarray(from, from + size))
    expect(plain(commits)).toEqual(plain(whole))
  }
})

test.each([
  ['many lines', Buffer.from(`+${'x'.repeat(99)}\n`.repeat(650)), 650],
  ['one line', Buffer.alloc(65_650, 'x'), 0],
])('a hunk of 50 MB of %s is counted, and only its beginning is kept', (_name, chunk, linesPerChunk) => {
  const rounds = 800
  const lines = linesPerChunk === 0 ? 1 : rounds * linesPerChunk
  const commits: ParsedCommit[] = []
  const parse = parserInto(commits, 1, 16_384)
  const record = `:100644 100644 ${'1'.repeat(40)} ${'2'.repeat(40)} M\0f\0\0`
  parse(Buffer.from(`\u0001${'a'.repeat(40)}\0\n${record}diff --git a/f b/f\n@@ -0,0 +1,${lines} @@\n`))
  if (linesPerChunk === 0) parse(Buffer.from('+'))
  const before = process.memoryUsage().arrayBuffers
  for (const _round of times(rounds)) parse(chunk)
  if (linesPerChunk === 0) parse(Buffer.from('\n'))
  const grown = process.memoryUsage().arrayBuffers - before
  parse(Buffer.from(marker))

  const [file] = commits[0]?.files ?? []
  expect(file).toMatchObject({ additions: lines, deletions: 0, truncated: true })
  expect(file?.hunks[0]?.body.length).toBeLessThanOrEqual(16_384)
  expect(file?.hunks[0]?.body.length).toBeGreaterThan(16_000)
  expect(grown).toBeLessThan(8 * 1024 * 1024)
})

test('a patch id is the same wherever the change stands, and another when the change is', () => {
  const idOf = (start: number, line: string, path = 'f') => {
    const commits: ParsedCommit[] = []
    const record = `:100644 100644 ${String(start % 9).repeat(40)} ${'2'.repeat(40)} M\0${path}\0\0`
    const patch = `diff --git a/${path} b/${path}\n@@ -${start},1 +${start},2 @@ heading ${start}\n before\n+${line}\n`
    parserInto(commits)(Buffer.from(`\u0001${'a'.repeat(40)}\0\n${record}${patch}${marker}`))
    return commits[0]?.patchId
  }
  expect(idOf(1, 'new')).toMatch(/^[0-9a-f]{40}$/)
  expect(idOf(100, 'new')).toBe(idOf(1, 'new'))
  expect(idOf(1, 'other')).not.toBe(idOf(1, 'new'))
  expect(idOf(1, 'new', 'g')).not.toBe(idOf(1, 'new'))
})
