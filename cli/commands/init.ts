import { resolve } from 'node:path'
import { AiosError } from '../../contract/errors.ts'
import { hookRoutes } from '../../contract/hook-routes.ts'
import type { Client } from '../client.ts'
import { command, type Context } from '../command.ts'
import { answer } from '../outcome.ts'
import { exitOf, printRegistered, register, type Registered } from '../register.ts'
import { styled, type Terminal } from '../terminal.ts'

export default command({
  name: 'init',
  summary: 'register a repository and remember its history',
  arguments: [{ name: '[path]', summary: 'any path in the repository; here when absent' }],
  options: {
    hooks: {
      kind: 'text',
      flags: '--hooks <when>',
      summary: 'auto: install the hooks of git where that is safe; none: do not speak of them',
      choices: ['auto', 'none'],
    },
  },
  examples: ['aios init', 'aios init ~/projects/tide', 'aios init --hooks auto'],

  async run(context, [path = '.'], { hooks }) {
    const client = await context.connect()
    const registered = await register(resolve(context.directory, path), client, context)
    if (hooks === 'auto') await installHooks(registered.repository.id, client, context)
    const print = (data: Registered, terminal: Terminal): void => {
      printRegistered(data, terminal)
      if (hooks !== undefined) return
      terminal.line()
      terminal.line(styled('cyan', 'aios hooks install'), ' lets plugins look at a commit before it is made')
    }
    return answer('init', registered, print, exitOf(registered))
  },
})

/** Hooks that cannot be installed are no reason to fail: the repository is remembered all the same. */
async function installHooks(repository: string, client: Client, context: Context): Promise<void> {
  try {
    const { remarks } = await client.call(hookRoutes.installHooks, { repository })
    for (const remark of remarks) context.warn(remark)
  } catch (error) {
    if (!(error instanceof AiosError)) throw error
    context.warn(`The hooks were not installed: ${error.message} ${error.kind.hint}`)
  }
}
