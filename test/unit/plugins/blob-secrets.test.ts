import { expect, test } from 'vitest'
import { compareLines } from '../../../daemon/git/line-changes.ts'
import { detectSecrets } from '../../../native-workers/detect-secrets.ts'
import { privateKeys } from '../../../native-workers/private-keys.ts'
import { secretsInBlobs } from '../../../plugins/blob-secrets.ts'

const forever = new AbortController().signal
const token = `ghp_${'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0'}pINUx`
const key = [
  '-----BEGIN PRIVATE KEY-----',
  ...Array.from({ length: 6 }, () => 'MIIEvQIBADANBgkqhkiG9w0B'.repeat(2)),
]

/** Asks about one file whose lines git has told, and says which blobs were read for it. */
async function search(before: string, after: string) {
  const blobs = new Map(
    [
      ['old', before],
      ['new', after],
    ].map(([oid = '', text = '']) => [oid, Buffer.from(text)]),
  )
  const read: string[] = []
  const found = await secretsInBlobs(
    'r1',
    [{ path: 'a.ts', oid: 'new', oldOid: 'old' }],
    2 ** 20,
    {
      async readBlobs(_id, oids) {
        read.push(...oids)
        return oids.map((oid) => blobs.get(oid))
      },
      readBlob: async () => ({ content: Buffer.of(), truncated: false }),
      lostBlobs: async () => [],
      changesOf: async () => [compareLines(Buffer.from(before), Buffer.from(after))],
      findSecrets: async (text, fileName) => [...privateKeys(text), ...(await detectSecrets(text, fileName))],
    },
    forever,
  )
  return { found: found.map(({ kind, line }) => [kind, line]), read }
}

test('of a file whose lines are told nothing is read, and of one with a secret what was there before', async () => {
  expect(await search('one\n', 'one\ntwo\n')).toEqual({ found: [], read: [] })
  const found = [['github', 2]]
  expect(await search('one\n', `one\n${token}\n`)).toEqual({ found, read: ['old'] })
  expect(await search(`one\nx = ${token}\n`, `one\n${token}\n`)).toEqual({ found: [], read: ['old'] })
})

test('a line that may belong to a private key is looked at among its old lines', async () => {
  const before = [...key, 'rest', '-----END PRIVATE KEY-----'].join('\n')
  const after = [...key, 'aGVyZSBpcyBhIGxpbmU', '-----END PRIVATE KEY-----'].join('\n')
  const { found, read } = await search(before, after)
  expect(read).toContain('new')
  expect(found).toContainEqual(['privatekey', 1])
})

test('what came back from nobody, for git has ended, is read by itself, and binary blobs are not', async () => {
  const asked: (readonly string[])[] = []
  const port = {
    readBlobs: async () => [undefined, Buffer.of(0), undefined],
    async lostBlobs(_id: string, oids: readonly string[]) {
      asked.push(oids)
      return ['lost']
    },
    readBlob: async () => ({ content: Buffer.from(token), truncated: false }),
    changesOf: async () => [],
    findSecrets: detectSecrets,
  }
  const files = ['lost', 'binary', 'huge'].map((oid) => ({ path: oid, oid }))
  const found = await secretsInBlobs('r1', files, 2 ** 20, port, forever)
  expect(found).toMatchObject([{ path: 'lost', kind: 'github' }])
  expect(asked).toEqual([['lost', 'huge']])
})
