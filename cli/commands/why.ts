import type { WhyAnswer, WhyEpisode } from '../../contract/answers.ts'
import { questionRoutes } from '../../contract/question-routes.ts'
import { age } from '../age.ts'
import { bar } from '../amount.ts'
import { command } from '../command.ts'
import { locationOf } from '../location.ts'
import { answer } from '../outcome.ts'
import { reasonLines } from '../reason.ts'
import { sanitise } from '../../contract/plain.ts'
import { styled, type Style, type Terminal } from '../terminal.ts'
import { fit, fitPath, wrap } from '../width.ts'

export default command({
  name: 'why',
  summary: 'say why a line, a range or a file is as it is',
  arguments: [{ name: '<file[:line[-line]]>', summary: 'a file, a line of it, or a range of lines' }],
  examples: ['aios why src/retry.ts:42', 'aios why src/retry.ts:42-50'],

  async run(context, [place = '']) {
    const location = locationOf(place, context.directory)
    const client = await context.connect()
    const found = await client.call(questionRoutes.why, { repository: context.repository, ...location })
    return answer('why', found, print)
  },
})

const roles: Record<WhyEpisode['role'], { name: string; style: Style }> = {
  'last-changed': { name: 'last changed', style: 'green' },
  shaped: { name: 'shaped', style: 'blue' },
  introduced: { name: 'introduced', style: 'cyan' },
  fixed: { name: 'later fixed', style: 'yellow' },
  fixes: { name: 'fixes', style: 'yellow' },
  reverted: { name: 'reverted', style: 'red' },
  reverts: { name: 'reverts', style: 'red' },
  followed: { name: 'followed', style: 'magenta' },
}

/** Lines of the file that are shown; the rest is a command away. */
const shownLines = 6

function print(found: WhyAnswer, terminal: Terminal): void {
  const { file, line, endLine, text, episodes, confidence, doubts } = found
  const place =
    line === undefined ? '' : `:${line}${endLine === undefined || endLine === line ? '' : `-${endLine}`}`
  terminal.line(styled('bold', fitPath(sanitise(file), terminal.room - place.length)), styled('bold', place))
  for (const [index, one] of text.slice(0, shownLines).entries()) {
    const number = line === undefined ? '' : String(line + index).padStart(5)
    terminal.line(styled('dim', `${number} │ `), fit(sanitise(one), terminal.room - 8))
  }
  if (text.length > shownLines) terminal.line(styled('dim', `      │ … ${text.length - shownLines} more`))
  terminal.line()
  if (episodes.length === 0) terminal.line('Nothing remembered explains it.')
  const isRange = endLine !== undefined && endLine !== line
  for (const [index, episode] of episodes.entries()) {
    const about = isRange ? placesOf(episode.lines) : ''
    printEpisode(episode, about, index === episodes.length - 1, terminal)
  }
  if (episodes.length > 0) {
    terminal.line()
    terminal.line(styled('magenta', bar(confidence)), ` confidence ${confidence.toFixed(2)}`)
  }
  for (const doubt of doubts)
    for (const part of wrap(sanitise(doubt), terminal.width - 2)) terminal.line(styled('dim', `? ${part}`))
}

/** Returns which of the lines asked about a commit wrote, as in ` · lines 3, 5-7`; nothing when it wrote none. */
function placesOf(lines: readonly number[]): string {
  const runs: { first: number; last: number }[] = []
  for (const line of lines.toSorted((one, other) => one - other)) {
    const run = runs.at(-1)
    if (run !== undefined && line <= run.last + 1) run.last = line
    else runs.push({ first: line, last: line })
  }
  const named = runs.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`))
  return named.length === 0 ? '' : ` · ${lines.length === 1 ? 'line' : 'lines'} ${named.join(', ')}`
}

function printEpisode(episode: WhyEpisode, about: string, isLast: boolean, terminal: Terminal): void {
  const { oid, subject, author, time, role, reason } = episode
  const { name, style } = roles[role]
  const edge = styled('dim', isLast ? '   ' : '│  ')
  terminal.row(
    styled(style, '●  '),
    styled(style, name),
    '  ',
    styled('yellow', oid.slice(0, 9)),
    styled('dim', `  ${age(time, new Date())}`),
    '  ',
    author,
    styled('dim', about),
  )
  terminal.line(edge, styled('bold', fit(sanitise(subject), terminal.room - 3)))
  for (const line of reasonLines(reason, Math.min(terminal.width - 3, 90))) terminal.line(edge, line)
  if (!isLast) terminal.line(edge)
}
