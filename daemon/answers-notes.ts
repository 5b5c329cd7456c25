import { AiosError } from '../contract/errors.ts'
import type { Fact } from '../contract/events.ts'
import type { Note, noteRoutes } from '../contract/note-routes.ts'
import type { Answers } from '../contract/route.ts'
import { fittingNotes } from './memory/notes.ts'
import type { Repositories } from './repositories.ts'
import type { JournalOfNotes, KeptNote } from './store/journal-notes.ts'

/** What notes are kept with. */
export interface NoteParts {
  readonly notes: JournalOfNotes
  readonly repositories: Pick<Repositories, 'find'>
  readonly publish: (fact: Fact) => void
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** Notes that are looked through for a question. */
const searched = 1000

/** Returns what answers the routes about notes and feedback. */
export function answersAboutNotes(parts: NoteParts): Answers<typeof noteRoutes> {
  const { notes, repositories, publish, now } = parts
  const idOf = async (name: string) => (await repositories.find(name)).registration.id

  return {
    async notes({ repository, question, limit = 20 }) {
      const id = await idOf(repository)
      if (question === undefined) return { items: notes.about(id, limit).map(noteOf) }
      return { items: fittingNotes(notes.about(id, searched), question).slice(0, limit).map(noteOf) }
    },

    async addNote({ repository, text, about = [], by = 'user' }) {
      const id = await idOf(repository)
      const [clean = '', ...parts] = await withoutSecrets([text, ...about])
      const note = { writer: `:${by}`, repository: id, time: now(), text: clean, about: parts }
      const kept = { id: notes.add(note), ...note }
      publish({ type: 'note.kept', data: { repository: id, note: kept.id, by } })
      return noteOf(kept)
    },

    async forgetNote({ id }) {
      const kept = /^[1-9]\d*$/.test(id) ? notes.find(Number(id)) : undefined
      if (kept === undefined) throw new AiosError('note.unknown', `There is no note ${id}.`)
      notes.forget(kept.id)
      publish({ type: 'note.forgotten', data: { repository: kept.repository, note: kept.id } })
      return noteOf(kept)
    },

    async giveFeedback({ repository: name, question, comment, ...said }) {
      const repository = await idOf(name)
      const [asked = '', remark = ''] = await withoutSecrets([question ?? '', comment ?? ''])
      const texts = {
        ...(question === undefined ? {} : { question: asked }),
        ...(comment === undefined ? {} : { comment: remark }),
      }
      publish({ type: 'feedback.given', data: { repository, ...said, ...texts } })
      return { repository }
    },
  }
}

function noteOf({ id, writer, repository, time, text, about }: KeptNote): Note {
  const by = writer.startsWith(':') ? writer.slice(1) : `plugin ${writer}`
  return { id, repository, time: new Date(time).toISOString(), by, text, about: [...about] }
}

/** The detectors are many and large, so they are loaded when the first note is kept. */
async function withoutSecrets(texts: readonly string[]): Promise<string[]> {
  const { redact } = await import('../native-workers/redact.ts')
  return (await redact([...texts])).map(({ text }) => text)
}
