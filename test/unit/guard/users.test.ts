import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openUsers } from '../../../daemon/guard/users.ts'

const place = () => join(mkdtempSync(join(tmpdir(), 'users-')), 'users.json')
const open = (file: string) => openUsers(file, () => 0)

test('a user is recognised by their secret, of which only a digest is kept', async () => {
  const file = place()
  const { user, secret } = await open(file).add('ada', 'writer')
  expect(user).toEqual({ name: 'ada', role: 'writer', createdAt: '1970-01-01T00:00:00.000Z' })
  expect(readFileSync(file, 'utf8')).not.toContain(secret)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const users = open(file)
  expect(users.find(users.recognise('ada', secret) ?? '')).toEqual(user)
  expect(users.recognise('ada', `${secret}x`)).toBeUndefined()
  expect(users.recognise('bob', secret)).toBeUndefined()
})

test('two who add the same name at once do not both get it, and nobody gets the owner’s', async () => {
  const users = open(place())
  const added = await Promise.allSettled([users.add('ada', 'reader'), users.add('ada', 'admin')])
  expect(added.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  expect(users.list()).toMatchObject([{ name: 'ada', role: 'reader' }])
  await expect(users.add('owner', 'reader')).rejects.toMatchObject({ code: 'auth.user-exists' })
})

test('a user who was taken away is not recognised, and one who is not there cannot be', async () => {
  const file = place()
  const users = open(file)
  const { secret } = await users.add('ada', 'reader')
  await users.remove('ada')
  expect(users.recognise('ada', secret)).toBeUndefined()
  expect(open(file).list()).toEqual([])
  await expect(users.remove('ada')).rejects.toMatchObject({ code: 'auth.user-unknown' })
})

test('a change that cannot be kept is not in force, and the next one is', async () => {
  const file = place()
  const users = open(join(file, 'users.json'))
  writeFileSync(file, 'a file in the place of a folder')
  await expect(users.add('ada', 'reader')).rejects.toThrow(/EEXIST|ENOTDIR/)
  expect(users.list()).toEqual([])
  rmSync(file)
  await users.add('bob', 'reader')
  expect(users.list()).toMatchObject([{ name: 'bob' }])
})

test.each(['', '[]', '{"users":[{"name":"ada"}]}', '{"users":[{"name":"Ada ","role":"king"}]}'])(
  'a file that is no list of users is an error, not a daemon without users: %s',
  (text) => {
    const file = place()
    writeFileSync(file, text)
    expect(() => open(file)).toThrow(
      expect.objectContaining({
        code: 'config.unreadable',
        message: expect.stringContaining('aios user add'),
      }),
    )
  },
)
