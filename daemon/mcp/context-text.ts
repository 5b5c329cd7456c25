import type { ContextAnswer, ContextBlock } from '../../contract/answers.ts'
import type { Note } from '../../contract/note-routes.ts'
import type { Rendered } from './budget.ts'
import { dataNotice, fenced, notice } from './fence.ts'
import { noteData, notePart, notesWithin } from './note-text.ts'
import { plainLine, plainLines, type Room } from './plain-lines.ts'

/** Returns the notes that fit and the pack, as far as there is room. */
export function contextText({ blocks }: ContextAnswer, notes: readonly Note[], room: Room): Rendered {
  const told = notesWithin(notes, room)
  const shown = blocks.slice(0, room.items)
  if (shown.length === 0 && told.length === 0) {
    const text = 'Nothing remembered fits this task.'
    return { text, data: { blocks: [], answer: text } }
  }
  const quoted = shown.map(({ text }) => plainLines(text, { ...room, lines: room.lines + 1 }))
  return {
    text: [
      `What to know before, most useful first. ${notice}`,
      fenced([
        ...told.map((note) => notePart(note, room)),
        ...quoted.map((lines, index) => ({ head: `${index + 1}.`, quoted: lines })),
      ]),
    ].join('\n'),
    data: {
      notice: dataNotice,
      ...(told.length === 0 ? {} : { notes: told.map((note) => noteData(note, room)) }),
      blocks: shown.map((block, index) => ({
        text: (quoted[index] ?? []).join('\n'),
        cites: citesOf(block, room),
      })),
    },
  }
}

function citesOf({ citations }: ContextBlock, room: Room): string[] {
  const cites = citations.map(({ oid, path, startLine, endLine }) => {
    const place = path === undefined ? '' : ` ${plainLine(path, room.width)}`
    const lines = startLine === undefined ? '' : `:${startLine}-${endLine ?? startLine}`
    return `${oid.slice(0, 12)}${place}${lines}`
  })
  return cites.slice(0, Math.max(1, Math.min(room.lines, 4)))
}
