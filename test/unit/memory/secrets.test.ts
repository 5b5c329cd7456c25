import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CommitPatch } from '../../../contract/commit.ts'
import { context } from '../../../daemon/memory/context.ts'
import { recall } from '../../../daemon/memory/recall.ts'
import { redactNames } from '../../../daemon/memory/redact-names.ts'
import { redactPatch } from '../../../daemon/memory/redact-patch.ts'
import { show } from '../../../daemon/memory/show.ts'
import { timeline } from '../../../daemon/memory/timeline.ts'
import { loadTokenCounter } from '../../../daemon/memory/tokens.ts'
import { why } from '../../../daemon/memory/why.ts'
import { forever, rememberRepository } from '../../fixtures/memory.ts'
import { privateKey, samples } from '../native-workers/secrets.ts'
import { createWorkshop } from './workshop.ts'

const token = samples['github'] ?? ''
const key = privateKey(60)
const keyText = `${key.join('\n')}\n`
const settings = ['# for the quokka', `token = "${token}"`, 'retries = 3', ''].join('\n')

/** Returns which lines of these secrets can be read in an answer. */
function legible(answer: unknown): string[] {
  const text = JSON.stringify(answer)
  return [token, ...key.slice(1, -1)].filter((secret) => text.includes(secret))
}

test('no answer shows a secret that a change holds, and each shows where it stands', async () => {
  const shop = createWorkshop()
  const oid = shop.work('Let the quokka in', { 'key.pem': keyText, 'cfg.py': settings })
  const { memory, questions } = await rememberRepository(shop.path)

  const found = await recall({ question: 'quokka' }, memory, forever)
  expect(legible(found)).toEqual([])
  const passages = found.hits[0]?.passages ?? []
  expect(passages.find(({ path }) => path === 'cfg.py')?.text.split('\n')).toEqual([
    '+# for the quokka',
    '+token = "[redacted:github]"',
    '+retries = 3',
  ])
  expect(passages.find(({ path }) => path === 'key.pem')?.text).toMatch(/^(\+\[redacted:privatekey\]\n?){6}$/)

  const parts = { memory, countTokens: loadTokenCounter, ...questions }
  const packed = await context({ repository: 'r1', task: 'quokka', paths: ['key.pem'] }, parts, forever)
  expect(JSON.stringify(packed)).toContain('[redacted:github]')
  const shown = await show(oid, memory, forever)
  expect(legible([packed, shown, await timeline({ repository: 'r1' }, memory, forever)])).toEqual([])
})

test('a line of a key is known for what it is, though neither its begin nor its end is asked about', async () => {
  const shop = createWorkshop()
  shop.work('Let the quokka in', { 'key.pem': `note\n${keyText}`, 'cfg.py': settings })
  const { memory, questions } = await rememberRepository(shop.path)
  const ask = (path: string, line: number, endLine: number) =>
    why({ path, line, endLine }, memory, questions, forever)

  expect((await ask('key.pem', 20, 22)).text).toEqual(Array(3).fill('[redacted:privatekey]'))
  expect((await ask('key.pem', 1, 2)).text).toEqual(['note', '[redacted:privatekey]'])
  expect((await ask('cfg.py', 1, 3)).text).toEqual(
    settings.replace(token, '[redacted:github]').split('\n').slice(0, 3),
  )
})

test('a key that took the place of another is hidden on both sides', async () => {
  const other = privateKey(60).map((line, at) => (at % 61 === 0 ? line : line.toLowerCase()))
  const shop = createWorkshop()
  shop.work('Let the quokka in', { 'key.pem': keyText })
  shop.work('Give the quokka another key', { 'key.pem': `${other.join('\n')}\n` })
  const { memory } = await rememberRepository(shop.path)
  const { hits } = await recall({ question: 'another key' }, memory, forever)
  const texts = hits[0]?.passages.filter(({ path }) => path === 'key.pem').map(({ text }) => text)
  expect(texts?.join('\n')).toContain('-[redacted:privatekey]')
  expect(legible(hits)).toEqual([])
})

test('names, addresses and the headings of hunks are kept without secrets', async () => {
  const shop = createWorkshop()
  const filler = Array.from({ length: 12 }, (_, at) => `  step ${at}`).join('\n')
  shop.work('Lay out', { 'cfg.txt': `token ${token}\n${filler}\n` })
  shop.write('cfg.txt', `token ${token}\n${filler}\n  last\n`)
  const someone = { GIT_AUTHOR_NAME: `Quokka ${token}`, GIT_AUTHOR_EMAIL: `${token}@example.org` }
  shop.at(['commit', '--quiet', '-am', 'Step aside'], someone)
  const { memory } = await rememberRepository(shop.path)

  const { episode } = await show(shop.head(), memory, forever)
  expect(episode.symbols).toEqual(['token [redacted:github]'])
  expect(episode.author).toMatchObject({
    name: 'Quokka [redacted:github]',
    email: '[redacted:github]@example.org',
  })
  expect(legible([episode, await recall({ question: 'step aside' }, memory, forever)])).toEqual([])
})

test.each(Object.entries(samples).filter(([, secret]) => !secret.includes('\n')))(
  'a name that is a secret of the kind %s is not kept',
  async (kind, secret) => {
    const nobody = { name: '', email: '', time: 0, zone: 0 }
    const header = { oid: '', tree: '', parents: [], committer: nobody, message: '', changes: [] }
    const [clean] = await redactNames([
      { ...header, author: { ...nobody, name: `Quokka ${secret}`, email: secret } },
    ])
    expect(clean?.author).toMatchObject({ name: `Quokka [redacted:${kind}]`, email: `[redacted:${kind}]` })
  },
)

const line = fc.oneof(
  fc.constantFrom('', 'tide', 'é 日本 😀', 'a = b', '--', '++', ' '),
  fc.constantFrom(token, keyText.trim()),
)
const change = fc.tuple(fc.constantFrom(' ', '+', '-'), line)

test('a hunk keeps its lines and their prefixes, and loses every secret of either side', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 12 }), async (changes) => {
      const lines = changes.flatMap(([prefix, text]) => text.split('\n').map((one) => prefix + one))
      const shown = await redacted(lines.map((one) => `${one}\n`).join(''))
      expect(shown.split('\n').map((one) => one.slice(0, 1))).toEqual([
        ...lines.map((one) => one.slice(0, 1)),
        '',
      ])
      expect(legible(shown)).toEqual([])
      const kept = (all: readonly string[]) =>
        all.filter((one) => !/redacted|PRIVATE KEY|ghp_|\w{48}/.test(one))
      expect(kept(shown.split('\n').slice(0, -1))).toEqual(kept(lines))
    }),
    { numRuns: 100 },
  )
})

test('a key is hidden that begins before its hunk, or ends behind it, or has another in its midst', async () => {
  const prefixed = (prefix: string, lines: readonly string[]) =>
    lines.map((one) => `${prefix}${one}\n`).join('')
  expect(legible(await redacted(prefixed(' ', key.slice(30))))).toEqual([])
  expect(legible(await redacted(prefixed('-', key.slice(0, 30))))).toEqual([])
  const between =
    prefixed(' ', key.slice(0, 20)) + prefixed('+', ['not a line of a key']) + prefixed(' ', key.slice(20))
  expect(legible(await redacted(between))).toEqual([])
})

test('what was cut in the middle of a line does not end in half a secret', async () => {
  expect(await redacted(`+quokka\n+token ${token.slice(0, -4)}`, true)).toBe('+quokka\n+token ')
  expect(await redacted(`+quokka\n+token ${token.slice(0, -4)}`)).toContain('ghp_')
})

async function redacted(body: string, truncated = false): Promise<string> {
  const oid = '1'.repeat(40)
  const sides = { oldMode: '100644', newMode: '100644', oldOid: oid, newOid: oid }
  const file = { path: 'a', status: 'modified' as const, ...sides, binary: false, additions: 0, deletions: 0 }
  const hunk = { oldStart: 1, oldLines: 1, newStart: 1, newLines: 1, heading: '', body: Buffer.from(body) }
  const patch: CommitPatch = { oid, patchId: undefined, files: [{ ...file, hunks: [hunk], truncated }] }
  const clean = await redactPatch(patch)
  return clean.files[0]?.hunks[0]?.body.toString() ?? ''
}
