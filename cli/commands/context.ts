import { resolve } from 'node:path'
import type { ContextAnswer } from '../../contract/answers.ts'
import type { Note } from '../../contract/note-routes.ts'
import { AiosError } from '../../contract/errors.ts'
import { questionRoutes } from '../../contract/question-routes.ts'
import { command } from '../command.ts'
import { brief, notesOn } from '../notes.ts'
import { answer } from '../outcome.ts'
import { questionFrom } from '../question.ts'
import { safeJson, sanitiseLines } from '../sanitise.ts'
import type { Terminal } from '../terminal.ts'

export default command({
  name: 'context',
  summary: 'pack what to know before a task into a budget of tokens',
  arguments: [{ name: '[task...]', summary: 'what is to be done; `-` reads it from standard input' }],
  options: {
    path: { kind: 'list', flags: '--path <path>', summary: 'a path that the task is about; may be repeated' },
    staged: { kind: 'flag', flags: '--staged', summary: 'for what is staged now' },
    diff: {
      kind: 'text',
      flags: '--diff <range>',
      summary: 'for the changes of a range, such as main...topic',
    },
    budget: { kind: 'count', flags: '--budget <tokens>', summary: 'how long it may be' },
    format: {
      kind: 'text',
      flags: '--format <format>',
      summary: 'how it is written',
      choices: ['md', 'json'],
    },
  },
  examples: [
    'aios context "make the retry limit a setting" --budget 1500',
    'aios context --diff main...HEAD',
  ],

  async run(context, words, { path, staged, diff, budget, format }) {
    const task = await questionFrom(words)
    if (task === '' && path.length === 0 && !staged && diff === undefined) {
      throw new AiosError('command.usage', 'Say what the task is, or name --path, --staged or --diff.')
    }
    const client = await context.connect()
    const notes = within(budget, task === '' ? [] : await notesOn(task, context.repository, client))
    const found = await client.call(questionRoutes.context, {
      repository: context.repository,
      ...(task === '' ? {} : { task }),
      ...(path.length === 0 ? {} : { paths: path.map((one) => resolve(context.directory, one)) }),
      ...(staged ? { staged } : {}),
      ...(diff === undefined ? {} : { diff }),
      ...(budget === undefined ? {} : { budget: budget - tokensOf(notes) }),
    })
    return answer('context', { ...found, notes }, format === 'json' ? printJson : print)
  },
})

type Pack = ContextAnswer & { readonly notes: readonly Note[] }

/** Returns the notes that leave at least two thirds of the budget to commits, and as much as a pack must have. */
function within(budget: number | undefined, notes: readonly Note[]): readonly Note[] {
  if (budget === undefined) return notes
  const most = Math.min(budget / 3, budget - leastBudget)
  return notes.filter((_note, index) => tokensOf(notes.slice(0, index + 1)) <= most)
}

/** The least that a pack may be asked for. */
const leastBudget = 100

/** More tokens than readable text of that length has: a tokenizer would take longer to load than the answer takes. */
function tokensOf(notes: readonly Note[]): number {
  return Math.ceil(Buffer.byteLength(notes.flatMap(linesOf).join('\n')) / 3)
}

function linesOf(note: Note): string[] {
  const { head, quoted } = brief(note)
  return [head, ...quoted]
}

/** Prints the pack as it would be given to a model: nothing added, nothing cut. */
function print({ blocks, notes }: Pack, terminal: Terminal): void {
  const texts = [...notes.map(linesOf), ...blocks.map(({ text }) => sanitiseLines(text.trimEnd()))]
  if (texts.length === 0) terminal.line('Nothing remembered fits this task.')
  for (const [index, lines] of texts.entries()) {
    if (index > 0) terminal.line()
    for (const line of lines) terminal.line(line)
  }
}

function printJson(pack: Pack, terminal: Terminal): void {
  for (const line of safeJson(pack, 2).split('\n')) terminal.line(line)
}
