import { rules } from '@secretlint/secretlint-rule-preset-recommend'
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { redact } from '../../../native-workers/redact.ts'
import { readSources } from '../../sources.ts'
import { privateKey, samples } from './secrets.ts'

const kinds = Object.entries(samples)

test('there is a sample for every rule of the preset', () => {
  const known = rules.map(({ meta }) => meta.id.replace(/^.*secretlint-rule-/, ''))
  // Comments are not obeyed, and Google's rule finds whole files, of which the private key is the secret.
  const expected = known.filter((kind) => kind !== 'filter-comments' && kind !== 'gcp')
  expect(Object.keys(samples).toSorted()).toEqual(expected.toSorted())
})

test.each(kinds)('a secret of the kind %s is taken out, and nothing else', async (kind, secret) => {
  const [text] = await redact([`before\n${secret}\nafter`])
  expect(text).toEqual({ text: `before\n[redacted:${kind}]\nafter`, count: 1 })
})

test.each(kinds)('a comment does not hide a secret of the kind %s', async (kind, secret) => {
  const comments = ['secretlint-disable', 'secretlint-disable-line', 'secretlint-disable-next-line']
  const hidden = comments.map(
    (comment) => `// ${comment}\n// ${comment} @secretlint/secretlint-rule-${kind}\n${secret}`,
  )
  for (const { text, count } of await redact(hidden)) {
    expect(count).toBe(1)
    expect(text).toContain(`[redacted:${kind}]`)
  }
})

test('secrets are told from each other and from the texts beside them, wherever they stand', async () => {
  const pieces = fc.array(
    fc.oneof(fc.constantFrom(...kinds), fc.constantFrom('tide', 'é', '日本', '😀', '{"a": 1}', '')),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(pieces, { maxLength: 6 }), async (texts) => {
      const write = (shown: (kind: string, secret: string) => string) =>
        texts.map((parts) =>
          parts.map((part) => (typeof part === 'string' ? part : shown(...part))).join('\n'),
        )
      const redacted = await redact(write((_kind, secret) => secret))
      expect(redacted.map(({ text }) => text)).toEqual(write((kind) => `[redacted:${kind}]`))
      expect(redacted.map(({ count }) => count)).toEqual(
        texts.map((parts) => parts.filter((part) => typeof part !== 'string').length),
      )
    }),
    { numRuns: 100 },
  )
})

test('the end of one text and the beginning of the next are no secret together', async () => {
  for (const [, secret] of kinds) {
    for (const cut of [4, Math.floor(secret.length / 2)]) {
      const halves = [secret.slice(0, cut), secret.slice(cut)]
      const alone = await Promise.all(halves.map(async (half) => (await redact([half]))[0]))
      expect(await redact(halves)).toEqual(alone)
    }
  }
  const [name = '', value = ''] = (samples['aws'] ?? '').split(/(?<== )/)
  expect((await redact([name + value, name, value])).map(({ count }) => count)).toEqual([1, 0, 0])
})

test('a private key that the end of the text cuts off is taken out', async () => {
  const cut = ['note', ...privateKey(12).slice(0, 8)].join('\n')
  expect(await redact([cut])).toEqual([{ text: 'note\n[redacted:privatekey]', count: 1 }])
})

test('a private key with a header, or in a string, is taken out', async () => {
  const [begin = '', ...rest] = privateKey(12)
  const encrypted = [begin, 'Proc-Type: 4,ENCRYPTED', 'DEK-Info: AES-256-CBC,8F3A', '', ...rest].join('\n')
  const json = JSON.stringify({ private_key: `${privateKey(12, '').join('\n')}\n` })

  expect(await redact([encrypted])).toEqual([{ text: '[redacted:privatekey]', count: 1 }])
  expect((await redact([json])).map(({ count }) => count)).toEqual([1])
  expect((await redact([json.slice(0, 400)])).map(({ count }) => count)).toEqual([1])
})

test('what only speaks of private keys stays', async () => {
  const dashes = '-'.repeat(5)
  const texts = [
    `${dashes}BEGIN PRIVATE KEY${dashes}\n<your key here>\n${dashes}END PRIVATE KEY${dashes}`,
    `if (pem.startsWith('${dashes}BEGIN RSA PRIVATE KEY${dashes}')) return parse(pem)\nreturn undefined`,
  ]
  expect((await redact(texts)).map(({ text }) => text)).toEqual(texts)
})

test('the file that a text is from may say what is a secret', async () => {
  const npmrc = '//registry.tide.dev/:_authToken=8f3a0c5e-71d2\nsave-exact=true'

  expect(
    (await redact([npmrc, npmrc, npmrc], ['.npmrc', 'web/.npmrc', 'docs/npmrc.md'])).map(({ text }) => text),
  ).toEqual([
    '//registry.tide.dev/:[redacted:npm]\nsave-exact=true',
    '//registry.tide.dev/:[redacted:npm]\nsave-exact=true',
    npmrc,
  ])
})

test('ordinary code has no secrets', async () => {
  const sources = readSources(['contract', 'daemon', 'native-workers', 'cli'])
  const texts = sources.map(({ path }) => readFileSync(path, 'utf8'))
  expect(texts.length).toBeGreaterThan(50)
  for (const { count } of await redact(texts)) expect(count).toBe(0)
})

test.each([
  ['ghs_1_', 'ghs_1_', ''],
  ['an endless key', `${'-'.repeat(5)}BEGIN PRIVATE KEY${'-'.repeat(5)}\n`, 'MII'],
  ['xoxb-', 'xoxb-', 'a-'],
  ['SG.', 'SG.a.', '_'],
  ['urls', 'https://', 'a:a'],
  ['mongodb', 'mongodb://', 'a:'],
])('text made to be slow to search, of %s, is searched', async (_name, begin, unit) => {
  const repeated = (begin + unit.repeat(20)).repeat(200_000 / (begin.length + unit.length * 20))
  const long = begin + (unit || begin).repeat(200_000 / (unit.length || begin.length))
  expect(await redact([repeated, long])).toHaveLength(2)
})
