import { readFileSync } from 'node:fs'
import { authRoutes } from '../contract/auth-routes.ts'
import { roles, type Role } from '../contract/caller.ts'
import { AiosError } from '../contract/errors.ts'
import { command, type Context } from './command.ts'
import { isOurs } from './discover.ts'
import { answer } from './outcome.ts'
import { styled } from './terminal.ts'

/** Prints the token that programs of this user show on TCP. */
export const token = command({
  name: 'token',
  summary: 'print the token for programs that ask over TCP',
  options: {
    rotate: {
      kind: 'flag',
      flags: '--rotate',
      summary: 'make a new one first, and end what the old one, browsers and users had',
    },
  },
  examples: ['curl -H "Authorization: Bearer $(aios daemon token)" "$URL/v1/status"'],

  async run(context, _words, { rotate }) {
    const client = await context.connect()
    if (rotate) {
      const { sessions } = await client.call(authRoutes.rotateCredentials, {})
      context.notes.line(
        `The old token counts for nothing now. Browsers that were let in before: ${sessions}.`,
      )
    }
    const { tokenFile } = context.folders
    return answer('daemon-token', { token: readToken(tokenFile), tokenFile }, (data, terminal) =>
      terminal.line(data.token),
    )
  },
})

/** Prints a link that lets one browser in. */
export const pair = command({
  name: 'pair',
  summary: 'print a link that lets one browser in, once, within two minutes',
  options: {
    role: {
      kind: 'text',
      flags: '--role <role>',
      summary: 'what it may do; reader by default',
      choices: roles,
    },
  },

  async run(context, _words, { role }) {
    const client = await context.connect()
    const pairing = await client.call(authRoutes.pair, role === undefined ? {} : { role: roleOf(role) })
    return answer('daemon-pair', pairing, ({ url }, terminal) => {
      terminal.line(url)
      noteOn(context, pairing.role)
    })
  },
})

/** Returns the role of that name. */
export function roleOf(text: string): Role {
  const role = roles.find((one) => one === text)
  if (role === undefined) throw new AiosError('command.usage', `A role is one of ${roles.join(', ')}.`)
  return role
}

function noteOn({ notes, verbosity }: Context, role: Role): void {
  if (verbosity === 'quiet') return
  notes.line(styled('dim', `Open it in a browser within two minutes. The browser will be a ${role}.`))
}

function readToken(file: string): string {
  if (!isOurs(file)) {
    throw new AiosError('auth.off', `There is no ${file} that only you can read.`)
  }
  return readFileSync(file, 'utf8').trim()
}
