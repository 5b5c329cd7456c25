import { noteRoutes, type Note } from '../../contract/note-routes.ts'
import { sanitise } from '../../contract/plain.ts'
import { age } from '../age.ts'
import { command, group } from '../command.ts'
import { answer } from '../outcome.ts'
import { questionFrom } from '../question.ts'
import { sanitiseLines } from '../sanitise.ts'
import { styled, type Terminal } from '../terminal.ts'

const add = command({
  name: 'add',
  summary: 'keep a note about this repository; `recall` and `context` show it, to agents too',
  arguments: [{ name: '<text...>', summary: 'what is to be known; `-` reads it from standard input' }],
  options: {
    about: { kind: 'list', flags: '--about <place>', summary: 'a path or a commit; may be repeated' },
  },
  examples: ['aios note add the parser must stay reentrant --about src/parse.ts'],

  async run(context, words, { about }) {
    const text = await questionFrom(words)
    const client = await context.connect()
    const input = { repository: context.repository, text, by: 'user' as const }
    const note = await client.call(
      noteRoutes.addNote,
      about.length === 0 ? input : { ...input, about: [...about] },
    )
    return answer('note', note, ({ id }, terminal) => terminal.line(`Kept as note ${id}.`))
  },
})

const list = command({
  name: 'list',
  summary: 'list what was noted about this repository, by whomever',
  options: { limit: { kind: 'count', flags: '-n, --limit <count>', summary: 'how many notes' } },

  async run(context, _words, { limit }) {
    const client = await context.connect()
    const input = { repository: context.repository, ...(limit === undefined ? {} : { limit }) }
    return answer('notes', await client.call(noteRoutes.notes, input), print)
  },
})

const remove = command({
  name: 'remove',
  summary: 'forget a note',
  arguments: [{ name: '<id>', summary: 'its number, as `aios note list` shows it' }],

  async run(context, [id = '']) {
    const client = await context.connect()
    const note = await client.call(noteRoutes.forgetNote, { id })
    return answer('note-remove', note, (_note, terminal) => terminal.line(`Note ${id} is forgotten.`))
  },
})

export default group('note', 'what people, agents and plugins noted about a repository', [add, list, remove])

function print({ items }: { items: readonly Note[] }, terminal: Terminal): void {
  if (items.length === 0) terminal.line('Nothing was noted.')
  for (const { id, by, time, text, about } of items) {
    const places = about.length === 0 ? '' : `  ${sanitise(about.join(', '))}`
    terminal.row(
      styled('yellow', String(id)),
      `  ${by}`,
      styled('dim', `  ${age(time, new Date())}`),
      styled('cyan', places),
    )
    for (const line of sanitiseLines(text.trimEnd())) terminal.line('   ', line)
  }
}
