import fc from 'fast-check'
import { expect, test } from 'vitest'
import { commitsNamed, formatLinks, parseLinks, referencesOf } from '../../../daemon/memory/references.ts'

const oid = '0f3a9c1be2d4f5061728394a5b6c7d8e9f001122'
const short = oid.slice(0, 12)

test.each([
  [
    'git revert',
    'Revert "add tides"',
    `This reverts commit ${oid}.`,
    { kind: 'reverts', oid, subject: 'add tides' },
  ],
  [
    'a revert of a merge',
    'Revert "Merge x"',
    `This reverts commit ${oid}, reversing\nchanges made to abc1234.`,
    { kind: 'reverts', oid, subject: 'Merge x' },
  ],
  ['a revert that names none', 'Revert "add tides"', '', { kind: 'reverts', oid: '', subject: 'add tides' }],
  [
    'a revert merged by a server',
    'Revert "add tides" (#12)',
    '',
    { kind: 'reverts', oid: '', subject: 'add tides' },
  ],
  [
    'a revert of a revert',
    'Revert "Revert "add tides""',
    '',
    { kind: 'reverts', oid: '', subject: 'Revert "add tides"' },
  ],
  ['a revert in prose', 'back to the old pump', `It reverts ${short}.`, { kind: 'reverts', oid: short }],
  ['Linux’ fixes', 'x', `Fixes: ${short} ("add tides")`, { kind: 'fixes', oid: short, subject: 'add tides' }],
  ['curly quotes', 'x', `Fixes: ${short} (“add tides”)`, { kind: 'fixes', oid: short, subject: 'add tides' }],
  [
    'a fix over two lines',
    'x',
    `Fixes: ${short}\n("add tides")`,
    { kind: 'fixes', oid: short, subject: 'add tides' },
  ],
  ['a fix in prose', 'x', `This fixes a bug introduced in ${short}.`, { kind: 'fixes', oid: short }],
  ['a regression', 'x', `a regression from before, broken since ${short}`, { kind: 'fixes', oid: short }],
  ['a fix in the subject', `fix commit ${short}`, '', { kind: 'fixes', oid: short }],
  ['a follow-up', 'x', `Follow-up to ${short}`, { kind: 'follows', oid: short }],
  [
    'a follow-up in other words',
    'x',
    `followup of commit ${short} ("tides")`,
    { kind: 'follows', oid: short, subject: 'tides' },
  ],
  ['a pick', 'x', `(cherry picked from commit ${oid})`, { kind: 'cherry-picks', oid }],
  [
    'git.git’s way',
    'x',
    `In ${short} (tides: add them, 2020-01-31) we`,
    { kind: 'references', oid: short, subject: 'tides: add them' },
  ],
  ['a plain mention', 'x', `as of ${short} it is`, { kind: 'references', oid: short }],
  ['capitals after a key', 'x', `Fixes: ${short.toUpperCase()}`, { kind: 'fixes', oid: short }],
  ['SHA-256', 'x', `see ${oid}${oid.slice(0, 24)}`, { kind: 'references', oid: `${oid}${oid.slice(0, 24)}` }],
])('%s is understood', (_name, subject, body, expected) => {
  expect(commitsNamed(subject, body)[0]).toEqual(expected)
})

test.each([
  'deadbeef',
  'effaced',
  'decade',
  'face',
  '1234567',
  '20200131',
  'abcdefa',
  'a1b2c3',
  `${oid}a`,
  'x0f3a9c1b',
  '0f3a9c1bz',
  '0x0f3a9c1bg',
])('%s is no commit', (word) => {
  expect(referencesOf('about it', `see ${word} there`).commits).toEqual([])
})

test('a commit that is named twice counts once, as what tells most', () => {
  const body = `${short} was wrong.\n\nFixes: ${short} ("add tides")\nFixes: ${short}`
  expect(commitsNamed('x', body)).toEqual([{ kind: 'fixes', oid: short, subject: 'add tides' }])
})

test.each([
  ['#12', ['#12']],
  ['fixes #12, GH-34 and owner/name.x#56', ['#12', 'GH-34', 'owner/name.x#56']],
  ['(#12) #12', ['#12']],
  ['a#12 &#39; ##12 /#12 #12a', []],
  ['#1234567890', []],
])('the issues of %j are %j', (text, issues) => {
  expect(referencesOf('subject', text).issues).toEqual(issues)
})

test('links are read back as they were written, and what is not a link is left out', () => {
  const links = commitsNamed('Revert "add tides"', `Fixes: ${short} ("a \\"b\\"")\nsee abc1234`)
  expect(parseLinks(formatLinks(links))).toEqual(links)
  expect(formatLinks([])).toBe('')
  expect(parseLinks('')).toEqual([])
  expect(parseLinks('{"a": 1}')).toEqual([])
  expect(
    parseLinks('[["unknown", "a", ""], ["fixes", 1, ""], "fixes", null, ["fixes", "abc1234", ""]]'),
  ).toEqual([{ kind: 'fixes', oid: 'abc1234' }])
})

test('no text makes a reference that is not in it', () => {
  const words = fc.constantFrom(
    'fixes',
    'Revert',
    '"tides"',
    'commit',
    short,
    oid,
    'deadbeef',
    '(',
    ')',
    ',',
    '#12',
    '\n',
    'follow-up to',
    'This reverts',
    '2020-01-31',
  )
  fc.assert(
    fc.property(fc.array(words), fc.array(words), (one, other) => {
      const [subject, body] = [one.join(' '), other.join(' ')]
      const { commits } = referencesOf(subject, body)
      for (const { oid: named } of commits) expect(`${subject} ${body}`).toContain(named)
      expect(new Set(commits.map((commit) => commit.oid || commit.subject)).size).toBe(commits.length)
    }),
  )
})
