import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { AiosError } from '../../contract/errors.ts'
import { owner, type Role } from '../../contract/caller.ts'
import { type KeptUser, type User, UsersFile } from '../../contract/users.ts'
import { isValid } from '../../contract/validate.ts'
import { writeDurably } from '../../native-workers/durable-file.ts'
import { digestOf, hasDigest, newSecret } from './secret.ts'

/** Who may reach the daemon from other machines. */
export interface Users {
  list(): User[]
  /** Returns the user of an id that `recognise` has told, as long as they are there. */
  find(id: string): User | undefined
  /** Adds a user and returns their secret, of which only the digest is kept. */
  add(name: string, role: Role): Promise<{ user: User; secret: string }>
  remove(name: string): Promise<void>
  /** Returns the id of the user whose secret this is; undefined for a wrong secret as for a wrong name. */
  recognise(name: string, secret: string): string | undefined
}

/** Compared with when nobody has the name, so that a wrong name takes as long as a wrong secret. */
const nobody = digestOf(newSecret())

/** Opens the file of users. One that cannot be read is an error: a daemon without users would be open, or shut. */
export function openUsers(file: string, now: () => number): Users {
  let users: readonly KeptUser[] = read(file)
  let turn: Promise<unknown> = Promise.resolve()

  /** Makes a change when the one before it is on disk; it is in force when it is there itself. */
  function change(make: () => readonly KeptUser[]): Promise<void> {
    const done = turn.then(async () => {
      const changed = make()
      await writeDurably(file, [Buffer.from(`${JSON.stringify({ users: changed }, null, 2)}\n`)])
      users = changed
    })
    turn = done.catch(() => {})
    return done
  }

  const named = (name: string) => users.find((user) => user.name === name)
  return {
    list: () => users.map(shown),
    find(id) {
      const user = users.find((one) => one.id === id)
      return user && shown(user)
    },

    async add(name, role) {
      const secret = newSecret()
      const createdAt = new Date(now()).toISOString()
      const user = { id: randomUUID(), name, role, createdAt, secretDigest: digestOf(secret) }
      await change(() => {
        if (name === owner.name || named(name) !== undefined) {
          throw new AiosError('auth.user-exists', `There is a user called ${name} already.`)
        }
        return [...users, user]
      })
      return { user: shown(user), secret }
    },

    remove: (name) =>
      change(() => {
        if (named(name) === undefined) throw new AiosError('auth.user-unknown', `No user is called ${name}.`)
        return users.filter((user) => user.name !== name)
      }),

    recognise(name, secret) {
      const user = named(name)
      const isTheirs = hasDigest(secret, user?.secretDigest ?? nobody)
      return isTheirs ? user?.id : undefined
    },
  }
}

function shown({ name, role, createdAt }: KeptUser): User {
  return { name, role, createdAt }
}

function read(file: string): readonly KeptUser[] {
  const content = textOf(file)
  if (content === undefined) return []
  const value = parsed(content)
  if (isValid(UsersFile, value)) return value.users
  const ways = 'Restore a backup, or move it away and add them again with `aios user add`'
  throw new AiosError('config.unreadable', `${file} is no list of users. ${ways}.`)
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw new AiosError('config.unreadable', `${file} cannot be read.`, { cause })
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
