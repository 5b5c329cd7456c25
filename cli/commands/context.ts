import { resolve } from 'node:path'
import type { ContextAnswer } from '../../contract/answers.ts'
import { AiosError } from '../../contract/errors.ts'
import { questionRoutes } from '../../contract/question-routes.ts'
import { command } from '../command.ts'
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
    const found = await client.call(questionRoutes.context, {
      repository: context.repository,
      ...(task === '' ? {} : { task }),
      ...(path.length === 0 ? {} : { paths: path.map((one) => resolve(context.directory, one)) }),
      ...(staged ? { staged } : {}),
      ...(diff === undefined ? {} : { diff }),
      ...(budget === undefined ? {} : { budget }),
    })
    return answer('context', found, format === 'json' ? printJson : print)
  },
})

/** Prints the pack as it would be given to a model: nothing added, nothing cut. */
function print({ blocks }: ContextAnswer, terminal: Terminal): void {
  if (blocks.length === 0) terminal.line('Nothing remembered fits this task.')
  for (const [index, { text }] of blocks.entries()) {
    if (index > 0) terminal.line()
    for (const line of sanitiseLines(text.trimEnd())) terminal.line(line)
  }
}

function printJson(pack: ContextAnswer, terminal: Terminal): void {
  for (const line of safeJson(pack, 2).split('\n')) terminal.line(line)
}
