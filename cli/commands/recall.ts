import type { Hit, RecallAnswer } from '../../contract/answers.ts'
import type { Note } from '../../contract/note-routes.ts'
import { AiosError } from '../../contract/errors.ts'
import { questionRoutes } from '../../contract/question-routes.ts'
import { age } from '../age.ts'
import { bar } from '../amount.ts'
import { command } from '../command.ts'
import { filterOptions, filtersOf } from '../filters.ts'
import { brief, notesOn } from '../notes.ts'
import { answer } from '../outcome.ts'
import { highlight, printPassage } from '../passage.ts'
import { questionFrom, wordsOf } from '../question.ts'
import { sanitise } from '../../contract/plain.ts'
import { styled, type Piece, type Terminal } from '../terminal.ts'
import { fit, pad, widthOf, wrap } from '../width.ts'

export default command({
  name: 'recall',
  summary: 'find what the repository remembers about a question',
  arguments: [{ name: '<question...>', summary: 'words or code; `-` reads them from standard input' }],
  options: {
    limit: { kind: 'count', flags: '-n, --limit <count>', summary: 'how many answers' },
    ...filterOptions,
    all: { kind: 'flag', flags: '--all', summary: 'ask every registered repository' },
    explain: { kind: 'flag', flags: '--explain', summary: 'show what each score is made of' },
  },
  examples: [
    'aios recall why do we retry twice',
    'aios recall --path "src/**" --since "6 months" token refresh',
  ],

  async run(context, words, values) {
    const question = await questionFrom(words)
    if (question === '') throw new AiosError('command.usage', 'The question is empty.')
    const client = await context.connect()
    const asked = {
      question,
      ...(values.all ? { all: true } : { repository: context.repository }),
      ...(values.limit === undefined ? {} : { limit: values.limit }),
      ...(values.explain ? { explain: true } : {}),
      filters: filtersOf(values),
    }
    const [found, notes] = await Promise.all([
      client.call(questionRoutes.recall, asked),
      // A note is of one repository.
      values.all ? [] : notesOn(question, context.repository, client),
    ])
    return answer('recall', { ...found, notes }, print)
  },
})

function print(found: RecallAnswer & { notes: readonly Note[] }, terminal: Terminal): void {
  const { question, hits, reason, notes } = found
  for (const note of notes) printNote(note, terminal)
  if (hits.length === 0) {
    terminal.line(
      notes.length === 0 ? 'Nothing remembered fits ' : 'No commit fits ',
      styled('bold', fit(sanitise(question), terminal.room - 26)),
      '.',
    )
    printReason(reason, terminal)
    return
  }
  const words = wordsOf(question)
  const isMixed = new Set(hits.map(({ repository }) => repository)).size > 1
  for (const [index, hit] of hits.entries()) {
    if (index > 0) terminal.line()
    printHit(hit, index + 1, words, isMixed, terminal)
  }
  if (reason !== undefined) terminal.line()
  printReason(reason, terminal)
}

function printNote(note: Note, terminal: Terminal): void {
  const { head, quoted } = brief(note)
  terminal.row(styled('yellow', head))
  for (const line of quoted) terminal.row('      ', styled('dim', '│ '), line)
  terminal.line()
}

function printReason(reason: string | undefined, terminal: Terminal): void {
  if (reason === undefined) return
  for (const line of wrap(sanitise(reason), terminal.width)) terminal.line(styled('dim', line))
}

function printHit(
  hit: Hit,
  rank: number,
  words: readonly string[],
  isMixed: boolean,
  terminal: Terminal,
): void {
  const when = age(hit.time, new Date())
  const taken = 14 + widthOf(when)
  const subject = fit(sanitise(hit.subject), Math.max(10, terminal.room - taken))
  terminal.line(
    styled('dim', `${String(rank).padStart(2)}  `),
    styled('magenta', bar(hit.score)),
    '  ',
    ...highlight(subject, words, ['bold', 'underline']).map((part) =>
      typeof part === 'string' ? styled('bold', part) : part,
    ),
    pad('', terminal.width - taken - widthOf(subject)),
    '  ',
    styled('dim', when),
  )
  terminal.row('      ', ...about(hit, isMixed))
  for (const passage of hit.passages.slice(0, 2)) printPassage(passage, words, 4, terminal)
  const signals = Object.entries(hit.signals ?? {}).toSorted(([, one], [, other]) => other - one)
  if (signals.length > 0) {
    const shares = signals.map(([name, share]) => `${name} ${share.toFixed(2)}`).join(' · ')
    const sum = `score ${hit.score.toFixed(2)} = ${scaled(shares, hit)}`
    for (const line of wrap(sanitise(sum), terminal.room - 6)) terminal.line('      ', styled('dim', line))
  }
}

/** The shares add up to the score once they are divided by the weights, and by what its kind of commit costs it. */
function scaled(shares: string, { score, signals = {} }: Hit): string {
  const sum = Object.values(signals).reduce((total, share) => total + share, 0)
  const divisor = score === 0 ? 1 : sum / score
  return divisor === 0 || divisor.toFixed(2) === '1.00' ? shares : `(${shares}) ÷ ${divisor.toFixed(2)}`
}

function about(hit: Hit, isMixed: boolean): Piece[] {
  const pieces: Piece[] = [styled('yellow', hit.oid.slice(0, 9)), `  ${hit.author}`]
  if (hit.kind !== 'other') pieces.push(styled('dim', ` · ${hit.kind}`))
  if (isMixed) pieces.push(styled('dim', ` · ${hit.repository}`))
  if (hit.revertedBy !== undefined) pieces.push(styled('red', ` · reverted by ${hit.revertedBy.slice(0, 9)}`))
  if (hit.was.length > 0)
    pieces.push(styled('dim', ` · was ${hit.was.map((oid) => oid.slice(0, 9)).join(', ')}`))
  if (!hit.reachable) pieces.push(styled('dim', ' · on no branch'))
  return pieces
}
