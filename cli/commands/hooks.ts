import {
  hookRoutes,
  noticeHooks,
  questionHooks,
  type HookQuestion,
  type HooksAnswer,
} from '../../contract/hook-routes.ts'
import { AiosError } from '../../contract/errors.ts'
import { command, group, type Context } from '../command.ts'
import { printHooks } from '../hooks-lines.ts'
import { answer, type Outcome } from '../outcome.ts'
import { readInput } from '../read-input.ts'

/** What the process ends with when a listener says no. */
const refused = 4

const install = command({
  name: 'install',
  summary: 'put aios beside the hooks that are there',
  run: async (context) => answer('hooks', await call(context, 'installHooks'), printHooks),
})

const uninstall = command({
  name: 'uninstall',
  summary: 'take aios out of the hooks and put back what was there',
  run: async (context) => answer('hooks', await call(context, 'uninstallHooks'), printHooks),
})

const status = command({
  name: 'status',
  summary: 'say how aios stands in the hooks',
  run: async (context) => answer('hooks', await call(context, 'hooksStatus'), printHooks),
})

const run = command({
  name: 'run',
  summary: 'ask or tell what the hook of git would, as from a hook that is written by hand',
  arguments: [
    { name: '<event>', summary: [...questionHooks, ...noticeHooks].join(', ') },
    { name: '[arguments...]', summary: 'what git gives the hook' },
  ],
  examples: ['aios hooks run pre-commit', 'aios hooks run commit-msg .git/COMMIT_EDITMSG'],

  async run(context, [event = '', ...words]) {
    const question = questionHooks.find((name) => name === event)
    if (question !== undefined) return ask(context, question, words)
    const notice = noticeHooks.find((name) => name === event)
    if (notice === undefined) {
      const known = [...questionHooks, ...noticeHooks].join(', ')
      throw new AiosError('command.usage', `\`${event}\` is not a hook that aios knows: ${known}.`)
    }
    return tell(context, notice, words)
  },
})

export default group('hooks', 'install and uninstall the hooks of git', [install, uninstall, status, run])

async function call(
  context: Context,
  name: 'hooksStatus' | 'installHooks' | 'uninstallHooks',
): Promise<HooksAnswer> {
  const client = await context.connect()
  return client.call(hookRoutes[name], { repository: context.repository })
}

/** Tells what git gave the hook, and of a rewrite the pairs that it wrote on standard input. */
async function tell(
  context: Context,
  hook: (typeof noticeHooks)[number],
  words: readonly string[],
): Promise<Outcome> {
  const pairs = hook === 'post-rewrite' ? (await readInput()).split('\n') : []
  const rewritten = pairs.flatMap((line) => {
    const [from, to] = line.split(' ')
    return from === undefined || to === undefined ? [] : [{ from, to }]
  })
  const client = await context.connect()
  const told = await client.call(hookRoutes.notifyHook, {
    hook,
    place: context.directory,
    ...(words.length === 0 ? {} : { arguments: [...words] }),
    ...(rewritten.length === 0 ? {} : { rewritten }),
  })
  return answer('hooks-run', told, () => {})
}

async function ask(context: Context, hook: HookQuestion['hook'], words: readonly string[]): Promise<Outcome> {
  const { environment: env, directory } = context
  const client = await context.connect()
  const input = hook === 'pre-push' ? await readInput() : ''
  const given = {
    gitDir: env['GIT_DIR'],
    indexFile: env['GIT_INDEX_FILE'],
    authorName: env['GIT_AUTHOR_NAME'],
    authorEmail: env['GIT_AUTHOR_EMAIL'],
    editor: env['GIT_EDITOR'],
    skip: env['AIOS_SKIP'],
    input: input === '' ? undefined : input,
  }
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const asked = { hook, directory, ...known, ...(words.length === 0 ? {} : { arguments: [...words] }) }
  const { decision, text } = await client.call(hookRoutes.askHook, asked)
  const lines = text.split('\n').slice(1)
  return answer(
    'hooks-run',
    { decision, lines },
    (_data, terminal) => lines.forEach((line) => terminal.line(line)),
    decision === 'deny' ? refused : 0,
  )
}
