import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { openJournal } from '../../../daemon/store/journal.ts'

function newJournal(file = join(mkdtempSync(join(tmpdir(), 'journal-')), 'journal.db')) {
  const journal = openJournal(file, () => {})
  onTestFinished(() => journal.close())
  return journal
}

const note = { writer: ':agent', repository: 'tide-1', time: 1, text: 'low at noon', about: ['src/gate.ts'] }

test('notes are listed newest first, whoever wrote them, and forgotten one by one', () => {
  const { notes, plugins } = newJournal()
  const first = notes.add(note)
  plugins.addNote({ plugin: 'tides', repository: 'tide-1', time: 2, text: 'high at six', evidence: [] })
  notes.add({ ...note, repository: 'pump-2' })
  expect(notes.about('tide-1', 10).map(({ writer, text }) => [writer, text])).toEqual([
    ['tides', 'high at six'],
    [':agent', 'low at noon'],
  ])
  expect(notes.find(first)).toEqual({ id: first, ...note })
  notes.forget(first)
  expect(notes.find(first)).toBeUndefined()
  expect(notes.about('tide-1', 10)).toHaveLength(1)
})

test('a plugin that writes much takes no note of a person away', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'journal-')), 'journal.db')
  const { notes, plugins } = newJournal(file)
  const mine = notes.add(note)
  const flood = new DatabaseSync(file)
  flood.exec(`
    WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 10050)
    INSERT INTO plugin_notes (plugin, repository, time, text, evidence) SELECT 'flood', 'tide-1', 2, 'x', '[]' FROM n`)
  flood.close()
  plugins.keep([], [])
  expect(notes.find(mine)?.text).toBe('low at noon')
  expect(notes.about('tide-1', 20_000).length).toBeLessThanOrEqual(10_001)
})

test('what is noted about a repository goes with it', () => {
  const journal = newJournal()
  const place = { path: '/tide', gitDir: '/tide/.git', commonDir: '/tide/.git', addedAt: 1, state: 'ready' }
  journal.register({ id: 'tide-1', ...place })
  journal.notes.add(note)
  journal.forget('tide-1')
  expect(journal.notes.about('tide-1', 10)).toEqual([])
})
