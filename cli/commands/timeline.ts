import type { TimelineAnswer } from '../../contract/answers.ts'
import { questionRoutes } from '../../contract/question-routes.ts'
import { command } from '../command.ts'
import { filterOptions, filtersOf, filterWords } from '../filters.ts'
import { answer } from '../outcome.ts'
import { sanitise } from '../../contract/plain.ts'
import { styled, type Style, type Terminal } from '../terminal.ts'
import { fit, pad, widthOf } from '../width.ts'

export default command({
  name: 'timeline',
  summary: 'list remembered commits, newest first',
  options: {
    limit: { kind: 'count', flags: '-n, --limit <count>', summary: 'how many commits' },
    cursor: { kind: 'text', flags: '--cursor <cursor>', summary: 'go on where the last list ended' },
    ...filterOptions,
  },
  examples: ['aios timeline --kind fix --since "3 months"', 'aios timeline --path "src/**" --author ada'],

  async run(context, _words, values) {
    const client = await context.connect()
    const found = await client.call(questionRoutes.timeline, {
      repository: context.repository,
      ...(values.limit === undefined ? {} : { limit: values.limit }),
      ...(values.cursor === undefined ? {} : { cursor: values.cursor }),
      ...filtersOf(values),
    })
    const limit = values.limit === undefined ? '' : ` --limit ${values.limit}`
    const again = `aios timeline${limit}${filterWords(filtersOf(values))}`
    return answer('timeline', found, (answered, terminal) => print(answered, again, terminal))
  },
})

const styles: Record<string, Style> = {
  fix: 'yellow',
  revert: 'red',
  feature: 'green',
  performance: 'magenta',
}

function print({ items, next }: TimelineAnswer, again: string, terminal: Terminal): void {
  if (items.length === 0) terminal.line('Nothing remembered fits.')
  let day = ''
  for (const { oid, subject, author, time, kind, reachable } of items) {
    const date = time === '' ? 'no date' : time.slice(0, 10)
    if (date !== day) terminal.line(styled('bold', date))
    day = date
    const column = terminal.width < 70 ? 0 : 20
    const name = fit(sanitise(author), terminal.room === Infinity ? Infinity : column)
    const taken = 27 + column
    const text = fit(
      sanitise(reachable ? subject : `${subject} (on no branch)`),
      Math.max(10, terminal.room - taken),
    )
    terminal.line(
      '  ',
      styled('yellow', oid.slice(0, 9)),
      '  ',
      styled(styles[kind] ?? 'dim', pad(kind === 'other' ? '·' : fit(kind, 11), 11)),
      '  ',
      reachable ? text : styled('dim', text),
      pad('', terminal.width - taken - widthOf(text)),
      styled('dim', ` ${name}`),
    )
  }
  if (next !== undefined) terminal.line(styled('dim', `more: ${sanitise(again)} --cursor ${next}`))
}
