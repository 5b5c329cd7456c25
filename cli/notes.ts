import { noteRoutes, type Note } from '../contract/note-routes.ts'
import { notePart } from '../daemon/mcp/note-text.ts'
import type { Part } from '../daemon/mcp/fence.ts'
import type { Client } from './client.ts'

/** `aios note list` shows all, and whole. */
const room = { items: 3, lines: 4, width: 200 }

/** Returns the notes on a repository that fit the question best, at most three. */
export async function notesOn(question: string, repository: string, client: Client): Promise<Note[]> {
  const asked = { repository, question: question.slice(0, 1024), limit: room.items }
  return (await client.call(noteRoutes.notes, asked)).items
}

/** Returns a note in brief, as agents are given it: who noted it when, and below that the words, safe to show. */
export function brief(note: Note): Part {
  return notePart(note, room)
}
