import { authRoutes } from '../../contract/auth-routes.ts'
import type { ReplyOf } from '../../contract/route.ts'
import { roles } from '../../contract/caller.ts'
import { command, group } from '../command.ts'
import { roleOf } from '../daemon-access.ts'
import { answer } from '../outcome.ts'
import { styled, type Terminal } from '../terminal.ts'
import { pad } from '../width.ts'

type Users = ReplyOf<typeof authRoutes.users>

const name = { name: '<name>', summary: 'small letters, digits, dots, dashes and underscores' }

const list = command({
  name: 'list',
  summary: 'list who may reach the daemon from other machines',

  async run(context) {
    const client = await context.connect()
    return answer('users', await client.call(authRoutes.users, {}), printUsers)
  },
})

const add = command({
  name: 'add',
  summary: 'add a user and print the secret, which is told this once',
  arguments: [name],
  options: {
    role: {
      kind: 'text',
      flags: '--role <role>',
      summary: 'what they may do; reader by default',
      choices: roles,
    },
  },
  examples: ['aios user add ada --role writer'],

  async run(context, [user = ''], { role = 'reader' }) {
    const client = await context.connect()
    const added = await client.call(authRoutes.addUser, { name: user, role: roleOf(role) })
    return answer('user-add', added, ({ secret }, terminal) => {
      terminal.line(secret)
      if (context.verbosity === 'quiet') return
      context.notes.line(
        styled('dim', 'Whoever has this secret gets access tokens from POST /v1/access-tokens.'),
      )
    })
  },
})

const remove = command({
  name: 'remove',
  summary: 'take a user away; their tokens end at once',
  arguments: [name],

  async run(context, [user = '']) {
    const client = await context.connect()
    const removed = await client.call(authRoutes.removeUser, { user })
    return answer('user-remove', removed, (data, terminal) => terminal.line(`Removed ${data.name}.`))
  },
})

export default group('user', 'say who may reach the daemon from other machines', [list, add, remove])

function printUsers({ items }: Users, terminal: Terminal): void {
  if (items.length === 0) return terminal.line('No users. This machine’s own user needs none.')
  const width = Math.max(...items.map((user) => user.name.length))
  for (const user of items) {
    terminal.line(
      pad(user.name, width),
      '  ',
      user.role,
      styled('dim', `  since ${user.createdAt.slice(0, 10)}`),
    )
  }
}
