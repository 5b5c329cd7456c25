import type { ShowAnswer } from '../../contract/answers.ts'
import type { Change } from '../../contract/episode.ts'
import { questionRoutes } from '../../contract/question-routes.ts'
import { age } from '../age.ts'
import { counted } from '../amount.ts'
import { command } from '../command.ts'
import { answer } from '../outcome.ts'
import { sanitise } from '../../contract/plain.ts'
import { sanitiseLines } from '../sanitise.ts'
import { styled, type Style, type Terminal } from '../terminal.ts'
import { fit, fitPath } from '../width.ts'

export default command({
  name: 'show',
  summary: 'show one remembered commit and what it is tied to',
  arguments: [{ name: '<oid>', summary: 'an oid, its beginning, or a revision such as HEAD~2' }],

  async run(context, [oid = '']) {
    const client = await context.connect()
    const found = await client.call(questionRoutes.show, { oid, repository: context.repository })
    return answer('show', found, print)
  },
})

const shownChanges = 20

function print({ episode, ties, subjects, was, now }: ShowAnswer, terminal: Terminal): void {
  const { oid, author, subject, body, kind, changes, reachable, complete } = episode
  terminal.line(styled('yellow', oid), styled('dim', ` · ${kind}${reachable ? '' : ' · on no branch'}`))
  terminal.line(`${author.name} <${author.email}>`, styled('dim', ` · ${age(author.time, new Date())}`))
  if (was.length > 0) terminal.line(styled('dim', `was ${was.map((one) => one.slice(0, 9)).join(', ')}`))
  if (now !== undefined) {
    const heir = fit(sanitise(subjects[now] ?? ''), Math.max(10, terminal.room - 23))
    terminal.line(styled('dim', 'lives on as '), styled('yellow', now.slice(0, 9)), ` ${heir}`)
  }
  terminal.line()
  terminal.line('  ', styled('bold', subject))
  if (body.trim() !== '') {
    terminal.line()
    for (const line of sanitiseLines(body.trim())) terminal.line('  ', line)
  }
  terminal.line()
  for (const change of changes.slice(0, shownChanges)) printChange(change, terminal)
  if (changes.length > shownChanges) {
    terminal.line(styled('dim', `  and ${counted(changes.length - shownChanges, 'more file')}`))
  }
  if (!complete) terminal.line(styled('dim', '  The hunks have not been read yet.'))
  if (ties.length > 0) terminal.line()
  for (const { kind: tie, from, to } of ties) {
    const isOut = from === oid
    const other = isOut ? to : from
    terminal.line(
      styled('magenta', `  ${isOut ? tie : `${tie} this`}`),
      isOut ? ' ' : ' ← ',
      styled('yellow', other.slice(0, 9)),
      ' ',
      fit(sanitise(subjects[other] ?? ''), Math.max(10, terminal.room - 32)),
    )
  }
}

const signs: Record<Change['status'], { sign: string; style: Style }> = {
  added: { sign: 'A', style: 'green' },
  modified: { sign: 'M', style: 'blue' },
  deleted: { sign: 'D', style: 'red' },
  renamed: { sign: 'R', style: 'cyan' },
  copied: { sign: 'C', style: 'cyan' },
  'type-changed': { sign: 'T', style: 'yellow' },
  unmerged: { sign: 'U', style: 'yellow' },
}

function printChange(
  { path, oldPath, status, additions, deletions, binary }: Change,
  terminal: Terminal,
): void {
  const { sign, style } = signs[status]
  const from = oldPath === undefined ? '' : `${oldPath} → `
  terminal.line(
    '  ',
    styled(style, sign),
    '  ',
    fitPath(sanitise(from + path), terminal.room - 20),
    '  ',
    ...(binary
      ? [styled('dim', 'binary')]
      : [styled('green', `+${additions}`), ' ', styled('red', `-${deletions}`)]),
  )
}
