import type { Note } from '../../contract/note-routes.ts'
import type { Part } from './fence.ts'
import { plainLine, plainLines, type Room } from './plain-lines.ts'

/** Returns as many notes as leave most of the room to commits. */
export function notesWithin(notes: readonly Note[], room: Room): readonly Note[] {
  return notes.slice(0, Math.max(1, Math.ceil(room.items / 3)))
}

/** Returns a note as a part of an answer. */
export function notePart({ id, by, time, text, about }: Note, room: Room): Part {
  const places = placesOf(about)
  return {
    head: `note ${id} by ${by}, ${time.slice(0, 10)}`,
    quoted: [...(places.length === 0 ? [] : [`about ${places.join(', ')}`]), ...plainLines(text, room)],
  }
}

/** Returns the same as data. */
export function noteData({ id, by, time, text, about }: Note, room: Room): Record<string, unknown> {
  const places = placesOf(about)
  return {
    id,
    by,
    date: time.slice(0, 10),
    text: plainLines(text, room).join('\n'),
    ...(places.length === 0 ? {} : { about: places }),
  }
}

function placesOf(about: readonly string[]): string[] {
  return about.slice(0, 3).map((place) => plainLine(place, 60))
}
