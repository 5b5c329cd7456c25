import type { BaselineResult, EvaluationNews, EvaluationReport, TaskResult } from '../contract/evaluation.ts'
import { duration } from './age.ts'
import { counted, grouped } from './amount.ts'
import { styled, type Piece, type Terminal } from './terminal.ts'
import { wrap } from './width.ts'

/** Returns how far an evaluation is in one line; in a narrow terminal without the bar. */
export function evaluationLine(
  { phase, done, total, secondsLeft }: Extract<EvaluationNews, { type: 'progress' }>,
  width: number,
): Piece[] {
  const count = total === 0 ? '' : ` ${grouped(done)} of ${grouped(total)}`
  const left = secondsLeft === undefined ? '' : ` · ${duration(secondsLeft)} left`
  const text = `${phase}${count}${left}`
  const room = Math.min(30, width - text.length - 3)
  if (room < 8 || total === 0) return [text.slice(0, width - 1)]
  const filled = Math.min(room, Math.round((done / total) * room))
  return [styled('green', '━'.repeat(filled)), styled('dim', '─'.repeat(room - filled)), '  ', text]
}

/** Prints what was measured, task by task. */
export function printEvaluation(report: EvaluationReport, terminal: Terminal): void {
  const { repository, commits, part, embedder, folder, tasks, seconds } = report
  const asking = part === 'newest' ? 'the newest 20 % ask' : 'asked within the oldest 60 %'
  terminal.line(styled('bold', repository), `  ${counted(commits, 'commit')}, ${asking}, seed ${report.seed}`)
  const learned =
    embedder.state === 'trained'
      ? `${counted(embedder.commits, 'commit')} taught it before the first question, in ${duration(embedder.seconds)}`
      : `it learned nothing: ${embedder.note}`
  terminal.line(styled('dim', `embedder: ${learned}`))
  for (const task of tasks) printTask(task, terminal)
  terminal.line()
  terminal.line(styled('dim', `${duration(seconds)}; one line a question in ${folder}`))
}

const baselineTitles = {
  bm25: 'BM25',
  bm25Messages: 'BM25, messages',
  grep: 'git log --grep',
  pickaxe: 'git log -S',
  files: 'git log -- files',
} as const

/** Prints one task: recall first, then what a user would do otherwise. */
export function printTask(task: TaskResult, terminal: Terminal): void {
  const { questions, interval, baselines, measures, note } = task
  terminal.line()
  const asked = questions === 0 ? 'no question' : counted(questions, 'question')
  terminal.line(styled('bold', task.task), '  ', styled('dim', asked))
  if (task.mrr !== null) {
    terminal.line(styled('dim', `  ${'R@1'.padStart(24)}${'R@10'.padStart(8)}${'MRR'.padStart(8)}`))
    const range =
      interval === null ? '' : `  MRR between ${figure(interval.mrr[0])} and ${figure(interval.mrr[1])}`
    terminal.line('  ', styled('bold', row('aios', task)), styled('dim', range))
    for (const [name, title] of entriesOf(baselineTitles))
      printBaseline(title, baselines[name], task, terminal)
  }
  for (const [name, value] of Object.entries(measures))
    terminal.line(`  ${name.padEnd(22)}${plain(value).padStart(8)}`)
  if (note !== undefined)
    for (const line of wrap(note, terminal.width - 2)) terminal.line('  ', styled('dim', line))
}

function printBaseline(title: string, result: BaselineResult, task: TaskResult, terminal: Terminal): void {
  if (result.mrr === null) return
  const some = result.questions < task.questions ? `  ${counted(result.questions, 'question')}` : ''
  const cut = result.cutShort === 0 ? '' : `  ${result.cutShort} cut short`
  terminal.line('  ', row(title, result), styled('dim', some + cut))
}

function row(
  title: string,
  { r1, r10, mrr }: { readonly r1: number | null; readonly r10: number | null; readonly mrr: number | null },
): string {
  const cell = (value: number | null) => (value === null ? '–' : figure(value)).padStart(8)
  return title.padEnd(16) + cell(r1) + cell(r10) + cell(mrr)
}

/** Three digits, as such figures are given. */
function figure(value: number): string {
  return value.toFixed(3)
}

function plain(value: number): string {
  return Number.isInteger(value) ? grouped(value) : figure(value)
}

function entriesOf<K extends string, V>(record: Readonly<Record<K, V>>): [K, V][] {
  const isKey = (key: string): key is K => Object.hasOwn(record, key)
  return Object.keys(record)
    .filter(isKey)
    .map((key): [K, V] => [key, record[key]])
}
