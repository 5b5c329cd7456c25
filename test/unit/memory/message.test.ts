import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTestRepository } from '../../fixtures/git/test-repository.ts'
import { kindOf, parseMessage } from '../../../daemon/memory/message.ts'
import { subjectOf } from '../../../daemon/store/facts.ts'

const git = createTestRepository()

/** What git itself takes for the trailers of a message. */
function gitTrailers(message: string): string[] {
  const args = ['interpret-trailers', '--parse', '--no-divider']
  const printed = git.run(args, { input: message }).toString()
  return printed.split('\n').filter((line) => line !== '')
}

const signed = 'Signed-off-by: Ada <ada@example.com>'

const messages: Record<string, string> = {
  'no trailers': 'subject\n\nbody\n',
  'one trailer': `subject\n\nbody\n\n${signed}\n`,
  'trailers right after the subject': `subject\n\n${signed}\nCloses: #12\n`,
  'a subject that looks like one': 'fix: the tide\n',
  'a subject of two lines': `fix: the tide\nCloses: #12\n`,
  'prose that ends in a colon line': 'subject\n\nbody\n\nSee also: the tide\nand the moon\n',
  'a quarter by git': `subject\n\none\ntwo\nthree\n${signed}\n`,
  'less than a quarter by git': `subject\n\none\ntwo\nthree\nfour\n${signed}\n`,
  'less than a quarter, in words like it': 'subject\n\none\nsigned-off-by: Ada\n',
  'a pick': `subject\n\nbody\n\n${signed}\n(cherry picked from commit ${'ab12'.repeat(10)})\n`,
  'only a pick': `subject\n\nbody\n\n(cherry picked from commit ${'ab12'.repeat(10)})\n`,
  'folded values': 'subject\n\nNote: one\n  two\n\tthree\nOther: four\n',
  'a value on the next line': 'subject\n\nNote:\n  two\nOther: four\n',
  'a continuation of nothing': `subject\n\n  two\n${signed}\n`,
  'a continuation after prose': `subject\n\nprose\n  more\n${signed}\nNote: one\n`,
  'spaces around the colon': 'subject\n\nNote  :   one   \nOther:two\n',
  'a key with a space': 'subject\n\nTwo words: one\n',
  'a key with an underscore': 'subject\n\nTwo_words: one\n',
  'a key that begins with a dash': 'subject\n\n-key: one\n',
  'an empty key': 'subject\n\n: one\n',
  'an empty value': 'subject\n\nKey:\n',
  'comments in between': `subject\n\n${signed}\n# comment\nNote: one\n`,
  'a comment before the subject': `# comment\n\nsubject\n\n${signed}\n`,
  'conflicts of old': `subject\n\n${signed}\n\nConflicts:\n\ta.txt\n\tb.txt\n`,
  'conflicts before the trailers': `subject\n\nConflicts:\n\ta.txt\n\n${signed}\n`,
  'blank lines with spaces': `subject\n \nbody\n\t\n${signed}\n  \n`,
  'many blank lines': `\n\nsubject\n\n\n\n${signed}\n\n\n`,
  'a divider': `subject\n\nbody\n\n---\n\n${signed}\n`,
  'a web address': 'subject\n\nhttps://example.com/tide\n',
  'no newline at the end': `subject\n\n${signed}`,
  nothing: '',
  'only newlines': '\n\n\n',
}

test.each(Object.entries(messages))('the trailers of %s are those that git finds', (_name, message) => {
  const found = parseMessage(message).trailers.map(({ key, value }) => `${key}: ${value}`.trimEnd())
  expect(found).toEqual(gitTrailers(message).map((line) => line.trimEnd()))
})

test('whatever stands in a message, its trailers are those that git finds', () => {
  const line = fc.constantFrom(
    '',
    ' ',
    'prose',
    '  folded',
    'Key: value',
    'key:',
    '# note',
    signed,
    'Conflicts:',
    '\ta.txt',
    '-a: b',
    'a b: c',
  )
  fc.assert(
    fc.property(fc.array(line, { maxLength: 9 }), (body) => {
      const message = `${['subject', ...body].join('\n')}\n`
      const found = parseMessage(message).trailers.map(({ key, value }) => `${key}: ${value}`.trimEnd())
      expect(found).toEqual(gitTrailers(message).map((one) => one.trimEnd()))
    }),
    { numRuns: 150, seed: 7 },
  )
})

const subjects = [
  'plain',
  'two\nlines\n\nbody',
  '\n\n  indented\n   and more  \n\nbody',
  'tabs\t and spaces \t\n\nbody',
  'blank line of spaces\n  \t \nbody',
  'carriage\r\nreturns\r\n\r\nbody\r\n',
  'non-breaking\u00a0\nspace\u00a0',
  '\u00a0begins with one',
  'vertical\v\nand form\f\nfeed',
  'é日本😀\n\nbody',
  'control \u001b[31mbytes\u0007',
  ' \n\t\n after blanks',
]

test.each(subjects)('the subject of %j is what git log prints', (message) => {
  const tree = git.git('hash-object', '-t', 'tree', '-w', '--stdin')
  const oid = git.run(['commit-tree', tree], { input: message }).toString().trim()
  const printed = git.run(['log', '-1', '--format=%s', oid]).toString().replace(/\n$/, '')
  expect(subjectOf(message)).toBe(printed)
  expect(parseMessage(message).subject).toBe(printed)
})

test('a body begins after the subject and keeps its paragraphs apart', () => {
  const { body } = parseMessage('subject\nof two lines\n\n\none\r\ntwo\n \nthree\n\n')
  expect(body).toBe('one\ntwo\n\nthree')
})

test.each([
  ['feat: add tides', { type: 'feat', breaking: false }],
  ['feat(moon)!: add tides', { type: 'feat', scope: 'moon', breaking: true }],
  ['FIX(a/b): tides', { type: 'fix', scope: 'a/b', breaking: false }],
  ['fix:no space', undefined],
  ['fix(): empty', undefined],
  ['note: a word that is no type', undefined],
  ['fix:', undefined],
  ['drivers: net: fix tides', undefined],
])('%j is understood as a conventional subject, or not', (subject, expected) => {
  expect(parseMessage(subject).conventional).toEqual(expected)
})

test.each([
  ['Revert "add tides"', 1, 'revert'],
  ['revert: add tides', 2, 'revert'],
  ['Reverting is hard', 1, 'other'],
  ['Merge branch "tides"', 2, 'merge'],
  ['fix: tides', 2, 'merge'],
  ['session: a day at sea', 1, 'session'],
  ['feat: tides', 1, 'feature'],
  ['perf(moon): tides', 1, 'performance'],
  ['ci: tides', 1, 'build'],
  ['style: tides', 1, 'chore'],
  ['net: fix a crash', 1, 'fix'],
  ['Prevent overflow', 1, 'fix'],
  ['a prefix is not a fix', 1, 'fix'],
  ['prefixed words', 1, 'other'],
  ['docs: fix a typo', 1, 'documentation'],
  ['Remove the old pump', 1, 'refactoring'],
  ['make it faster', 1, 'performance'],
  ['tests for tides', 1, 'test'],
  ['Bump to 3.2', 1, 'build'],
  ['Add tides', 1, 'feature'],
  ['Address review', 1, 'other'],
  ['', 1, 'other'],
  ['constructor: something', 1, 'other'],
])('%j with %i parents is a %s', (subject, parents, kind) => {
  expect(kindOf(subject, parents)).toBe(kind)
})

test('a session tells its prompt, its figures and what it made', () => {
  const { session } = parseMessage(
    'session: a day at sea\n\nPrompt: sail\nas far as you can\n\n## Stats: 3 knots\n\nArtifacts:\n- log.md\n* map.png\n\nTraces: a, b\n',
  )
  expect(session).toEqual({
    title: 'a day at sea',
    prompt: 'sail\nas far as you can',
    stats: '3 knots',
    artifacts: ['log.md', 'map.png'],
    traces: ['a', 'b'],
  })
})

test('a session may tell it in trailers', () => {
  const trailers = 'Session-Prompt: sail\nSession-Artifacts: log.md\nSession-Artifacts: map.png'
  expect(parseMessage(`session: a day\n\nsome prose\n\n${trailers}\n`).session).toEqual({
    title: 'a day',
    prompt: 'sail',
    artifacts: ['log.md', 'map.png'],
    traces: [],
  })
})

test('a message that only mentions a session is none', () => {
  expect(parseMessage('close the session: done\n\nPrompt: no').session).toBeUndefined()
})

const size = 64 * 1024
const hostile: Record<string, string> = {
  'hex digits': '0123456789abcdef'.repeat(size / 16),
  'hex words': 'deadbeef1 '.repeat(size / 10),
  spaces: `subject\n\n${' '.repeat(size)}x`,
  'lines of spaces': `subject\n${'\n \t'.repeat(size / 3)}x`,
  fixes: 'fix '.repeat(size / 4),
  'fixes and spaces': `fix${' '.repeat(size / 2)}a${' '.repeat(size / 2)}`,
  'one word': `a: ${'a'.repeat(size)}`,
  'dots and slashes': 'a.b/'.repeat(size / 4),
  'opening brackets': `${'('.repeat(size)}`,
  'quotes after an oid': `abc1234 (${'"'.repeat(size)}`,
  'oids with brackets': 'abc1234 ("'.repeat(size / 10),
  colons: `s\n\n${'a:'.repeat(size / 2)}`,
  'trailer keys': `s\n\n${'a-'.repeat(size / 2)}`,
  'folded trailers': `s\n\nKey: v\n${' v\n'.repeat(size / 3)}`,
  'session items': `session: x\n\nArtifacts:\n${'- , '.repeat(size / 4)}`,
  'number signs': '#1 '.repeat(size / 3),
  'control bytes': '\u0000\u0001\u001b\u0007'.repeat(size / 4),
}

test.each(Object.entries(hostile))(
  '64 KB of %s are parsed in no time',
  (_name, message) => {
    const parsed = parseMessage(message)
    kindOf(parsed.subject, 1)
    expect(parsed.references.commits.length).toBeLessThanOrEqual(32)
    expect(parsed.references.issues.length).toBeLessThanOrEqual(32)
  },
  1500,
)
