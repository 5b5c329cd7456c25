import fc from 'fast-check'
import { expect, test } from 'vitest'
import { settings } from '../../../contract/config.ts'
import { AiosError } from '../../../contract/errors.ts'
import { choicesOf, formOf, itemOf } from '../../../contract/validate.ts'
import { setConfig } from '../../../daemon/config-set.ts'
import { createPlace } from './config-place.ts'

const sections = [
  'recall',
  'weights',
  'prose',
  'limit',
  'ingest',
  'excludePaths',
  'embedder',
  '__proto__',
  '<<',
]
const pieces = [
  ...sections,
  ': ',
  ':',
  '\n',
  '  ',
  '- ',
  '{',
  '}',
  '[',
  ']',
  ',',
  '&a ',
  '*a',
  '!t ',
  '"',
  "'",
  '|',
  '>',
  '#',
  '%',
  '@',
]
const yamlLike = fc
  .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3 }), fc.integer().map(String)), {
    maxLength: 40,
  })
  .map((parts) => parts.join(''))

/** A file that is right, written in many ways. */
const layout = fc
  .record({
    values: fc.uniqueArray(
      fc.constantFrom(...settings().filter(({ schema }) => itemOf(schema) === undefined)),
      {
        selector: ({ key }) => key,
        maxLength: 6,
      },
    ),
    indent: fc.constantFrom('  ', '    ', ' '),
    comment: fc.constantFrom('', ' # why', '  #', ' # é: "x'),
    gap: fc.constantFrom('', '\n', '# between\n', '\n\n  # deep\n'),
    eol: fc.constantFrom('\n', '\r\n'),
  })
  .map(({ values, indent, comment, gap, eol }) => {
    const known = new Set<string>()
    const tree = new Map<string, string[]>()
    for (const { key, schema } of values) {
      const [section = '', ...rest] = key.split('.')
      if (rest.length > 1 || known.has(key)) continue
      const line = `${indent}${rest[0]}: ${JSON.stringify('default' in schema ? schema.default : null)}${comment}\n`
      tree.set(section, [...(tree.get(section) ?? []), line])
    }
    const text = [...tree].map(([section, lines]) => `${section}:${comment}\n${lines.join(gap)}`).join(gap)
    return text.replaceAll('\n', eol)
  })

const change = fc.constantFrom(...settings()).chain((setting) => {
  const { schema } = setting
  const limits: { minimum?: number; maximum?: number; type?: string; pattern?: string } = schema
  const choices = choicesOf(schema)
  const values: fc.Arbitrary<unknown> =
    itemOf(schema) !== undefined
      ? fc.array(fc.string({ maxLength: 20, unit: 'grapheme' }), { maxLength: 4 })
      : choices.length > 0
        ? fc.constantFrom(...choices)
        : formOf(schema) === 'cron'
          ? fc.constantFrom('* * * * *', '0 4 * * *', '*/5 1-3 1,15 JAN mon')
          : limits.type === 'boolean'
            ? fc.boolean()
            : limits.pattern !== undefined
              ? fc.stringMatching(new RegExp(limits.pattern), { size: 'xsmall' })
              : limits.type === 'string'
                ? fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
                : fc.integer({ min: Math.ceil(limits.minimum ?? 0), max: Math.floor(limits.maximum ?? 1) })
  return values.map((value) => ({ key: setting.key, value }))
})

test('whatever the file holds, the load ends with settings or with an error that was foreseen', async () => {
  const { load, write, userFile } = createPlace()
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        yamlLike,
        fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
      ),
      async (content) => {
        write(userFile, content)
        const { problems } = await load({ tolerate: 'everything' })
        for (const problem of problems) expect(problem).toBeInstanceOf(AiosError)
      },
    ),
    { numRuns: 300 },
  )
})

test('whatever the file holds, a change is made or refused, and what is refused leaves it alone', async () => {
  const { load, write, read, userFile } = createPlace()
  await fc.assert(
    fc.asyncProperty(yamlLike, async (content) => {
      write(userFile, content)
      const error: unknown = await setConfig({ path: userFile, scope: 'user' }, 'recall.limit', '7').catch(
        (cause: unknown) => cause,
      )
      const isDone = error === undefined
      const inForce = (await load({ tolerate: 'everything' })).config.recall.limit
      const isAsBefore = read(userFile) === Buffer.from(content).toString()
      expect(isDone ? inForce === 7 : error instanceof AiosError && isAsBefore).toBe(true)
    }),
    { numRuns: 150 },
  )
})

test('a change is there afterwards, and every other line is as it was', async () => {
  const { load, write, read, userFile } = createPlace()
  await fc.assert(
    fc.asyncProperty(layout, change, async (before, { key, value }) => {
      write(userFile, before)
      const old = await load()
      await setConfig({ path: userFile, scope: 'user' }, key, JSON.stringify(value))
      const now = await load()

      expect(valueOf(now.config, key)).toEqual(value)
      for (const other of settings().filter((setting) => setting.key !== key))
        expect(valueOf(now.config, other.key)).toEqual(valueOf(old.config, other.key))
      const kept = read(userFile).split('\n')
      const gone = before.split('\n').filter((line) => !kept.includes(line))
      expect(gone.length).toBeLessThanOrEqual(1)
    }),
    { numRuns: 150 },
  )
})

function valueOf(config: object, key: string): unknown {
  return key
    .split('.')
    .reduce<unknown>((below, name) => new Map(Object.entries(below ?? {})).get(name), config)
}
