import { expect, test } from 'vitest'
import { fittingNotes } from '../../../daemon/memory/notes.ts'

const notes = [
  { text: 'The parser must stay reentrant', about: ['src/parse.ts'] },
  { text: 'Boats with a red lantern may always pass', about: [] },
  { text: 'Parsing boats is slow', about: [] },
]

test('a note fits that has half of the question’s words, in whatever form; those with more stand first', () => {
  expect(fittingNotes(notes, 'is the parser reentrant?')).toEqual([notes[0], notes[2]])
  expect(fittingNotes(notes, 'parse the red boats')).toEqual([notes[1], notes[2]])
  expect(fittingNotes(notes, 'src/parse.ts')).toContain(notes[0])
  expect(fittingNotes(notes, 'the weather')).toEqual([])
  expect(fittingNotes(notes, '???')).toEqual([])
})
