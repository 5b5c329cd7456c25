import { resolve } from 'node:path'
import type { RelatedAnswer } from '../../contract/answers.ts'
import { AiosError } from '../../contract/errors.ts'
import { questionRoutes } from '../../contract/question-routes.ts'
import { bar, counted } from '../amount.ts'
import { command } from '../command.ts'
import { answer } from '../outcome.ts'
import { sanitise } from '../../contract/plain.ts'
import { styled, type Terminal } from '../terminal.ts'
import { fit, fitPath } from '../width.ts'

export default command({
  name: 'related',
  summary: 'say which files change together with these',
  arguments: [{ name: '[path...]', summary: 'files; none together with --staged' }],
  options: {
    staged: {
      kind: 'flag',
      flags: '--staged',
      summary: 'ask about what is staged now, and what it may lack',
    },
    limit: { kind: 'count', flags: '-n, --limit <count>', summary: 'how many files' },
  },
  examples: ['aios related src/routes.ts', 'aios related --staged'],

  async run(context, words, { staged, limit }) {
    if (words.length === 0 && !staged)
      throw new AiosError('command.usage', 'Name a path, or ask with --staged.')
    const client = await context.connect()
    const found = await client.call(questionRoutes.related, {
      repository: context.repository,
      paths: words.map((path) => resolve(context.directory, path)),
      ...(staged ? { staged } : {}),
      ...(limit === undefined ? {} : { limit }),
    })
    return answer('related', found, print)
  },
})

function print({ asked, files, reason, precision }: RelatedAnswer, terminal: Terminal): void {
  const { room } = terminal
  if (files.length === 0) {
    terminal.line(reason ?? 'No other file changes together with these.')
    return
  }
  terminal.line('What changes together with ', styled('bold', fit(sanitise(asked.join(', ')), room - 27)))
  for (const { path, support, confidence, missing, evidence } of files) {
    const share = ` ${Math.round(confidence * 100)} %`.padStart(6)
    const note = missing ? '  not staged' : ''
    terminal.line(
      styled('magenta', bar(confidence)),
      share,
      '  ',
      styled('cyan', fitPath(sanitise(path), room - 13 - note.length)),
      styled('yellow', note),
    )
    const [latest] = evidence
    const shown = latest === undefined ? '' : `, last in ${latest.oid.slice(0, 9)} ${latest.subject}`
    terminal.line(styled('dim', fit(`             ${counted(support, 'commit')}${sanitise(shown)}`, room)))
  }
  if (precision !== undefined) {
    terminal.line(
      styled(
        'dim',
        `Such a remark was right ${Math.round(precision * 100)} % of the time in this repository.`,
      ),
    )
  }
}
