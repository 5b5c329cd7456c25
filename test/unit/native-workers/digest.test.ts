import { expect, test } from 'vitest'
import { createDigester, type Texts } from '../../../native-workers/digest.ts'
import { encode, createUntrainedTable } from '../../../native-workers/learned-encode.ts'
import { privateKey, samples } from './secrets.ts'

const settings = { dimensions: 128, seed: 1 }
const digest = createDigester(createUntrainedTable(settings))

test('a private key is found in a hunk, wherever its begin and end stand', async () => {
  const [begin = '', ...rest] = privateKey(12)
  const end = rest.pop() ?? ''
  const added = ['+note', ...privateKey(12).map((line) => `+${line}`), '+tide']
  const rotated = [
    `+note`,
    ` ${begin}`,
    ...rest.flatMap((line) => [`-${line}`, `+${line.toLowerCase()}`]),
    ` ${end}`,
    '+tide',
  ]
  const cut = [
    '+note tide',
    ...privateKey(12)
      .slice(0, 7)
      .map((line) => `+${line}`),
  ]
  const { terms, redactions } = await digest(
    hunks(...[added, rotated, cut].map((lines) => `${lines.join('\n')}\n`)),
  )

  expect(
    terms.map((text) => text.split(' ').filter((term) => !'redacted privatekey'.includes(term))),
  ).toEqual([
    ['note', 'tide'],
    ['note', 'tide'],
    ['note', 'tide'],
  ])
  expect([...redactions]).toEqual([1, 1, 1])
})

test.each(Object.entries(samples))(
  'no part of a secret of the kind %s is a term of its hunk',
  async (kind, secret) => {
    const lines = secret.split('\n').map((line) => `+${line}\n`)
    const { terms, redactions } = await digest(hunks(`+tide\n${lines.join('')}`))

    expect([...redactions]).toEqual([1])
    expect(terms[0]?.split(' ').toSorted()).toEqual(
      [...new Set(kind === 'privatekey' ? ['tide'] : ['tide', 'redacted', ...placeholder(kind)])].toSorted(),
    )
  },
)

test('the last line of a hunk counts without an end of line, and the text after it does not', async () => {
  const { terms } = await digest(hunks('+tide', '-moon\n+sea'))
  expect(terms).toEqual(['tide', 'moon sea'])
})

test('a text has at most four hundred terms, the first ones', async () => {
  const words = Array.from({ length: 1_000 }, (_, at) => `tide${at}`)
  const { terms } = await digest(messages(words.join(' ')))
  expect(terms).toEqual([words.slice(0, 400).join(' ')])
})

test('a vector is that of the terms, however often each occurs', async () => {
  const { vectors } = await digest(messages('tide moon tide'))
  expect(vectors).toEqual(encode(['tide', 'moon', 'tide'], createUntrainedTable(settings)))
})

test('what was digested before changes nothing', async () => {
  const used = createDigester(createUntrainedTable(settings))
  for (let round = 0; round < 100; round++) {
    const words = Array.from({ length: 400 }, (_, at) => `w${round}x${at}`)
    await used(messages(words.join(' ')))
  }
  expect(await used(messages('The tide turns.'))).toEqual(
    await createDigester(createUntrainedTable(settings))(messages('The tide turns.')),
  )
})

function messages(...texts: string[]): Texts {
  return textsOf('message', texts)
}

function hunks(...texts: string[]): Texts {
  return textsOf('hunk', texts)
}

function textsOf(shape: Texts['shape'], texts: readonly string[]): Texts {
  const offsets = new Uint32Array(texts.length + 1)
  for (const [at, text] of texts.entries()) offsets[at + 1] = (offsets[at] ?? 0) + Buffer.byteLength(text)
  return { bytes: Buffer.from(texts.join('')), offsets, shape, labels: [] }
}

function placeholder(kind: string): string[] {
  if (kind === 'database-connection-string') return ['database', 'connection', 'string', kind]
  return kind === 'hashicorp-vault' ? ['hashicorp', 'vault', kind] : [kind]
}
