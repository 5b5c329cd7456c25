import { expect, test } from 'vitest'
import { AiosError } from '../../../contract/errors.ts'
import { limits } from '../../../contract/limits.ts'
import { parse } from '../../../cli/parse.ts'
import { questionFrom } from '../../../cli/question.ts'
import { branch, branches } from '../../../cli/tree.ts'

const known = await branches()

/** Returns the words, options and globals that were understood. */
function understood(...argv: string[]) {
  const parsed = parse(argv, known)
  if (parsed.shape === 'help') throw new Error('That was help.')
  return { name: parsed.command.name, ...parsed.typed, globals: parsed.globals }
}

test('a question may begin with a dash', () => {
  expect(understood('recall', '- one\n- two').words).toEqual(['- one\n- two'])
  expect(understood('recall', '-1 is returned').words).toEqual(['-1 is returned'])
  expect(understood('recall', '--path', '-x y', 'tide')).toMatchObject({
    words: ['tide'],
    values: { path: '-x y' },
  })
  expect(understood('recall', '--', '--force', 'push').words).toEqual(['--force', 'push'])
})

test('options for all commands stand before or after the command', () => {
  const before = understood('--json', '-C', '/x', '--no-daemon', 'recall', 'tide')
  const after = understood('recall', 'tide', '--json', '-C', '/x', '--no-daemon')
  expect(after.globals).toEqual(before.globals)
  expect(before.globals).toMatchObject({ json: true, directory: '/x', mayStart: false, color: 'auto' })
})

test('options have the types that commands rely on', () => {
  const { values } = understood('context', '--path', 'a', '--path', 'b', '--budget', '500', '--staged')
  expect(values).toMatchObject({ path: ['a', 'b'], budget: 500, staged: true, diff: undefined })
})

test.each([
  [['recal'], 'Unknown command'],
  [['recall', '--limt', '3', 'x'], 'did you mean `--limit`'],
  [['recall', '-n', 'many', 'x'], 'must be a number'],
  [['recall', '--kind', 'joke', 'x'], 'Allowed choices are'],
  [['recall', '--color', 'pink', 'x'], 'Allowed choices are'],
  [['recall'], 'Missing required argument'],
  [['init', 'a', 'b'], 'too many arguments'],
  [['repo', 'lst'], 'Unknown command'],
  [['recall', '-n', '1', '-n', '2', 'x'], '-n, --limit .*given before'],
  [['recall', '--author', 'ada', '--author', 'bob', 'x'], 'given before'],
  [['recall', '--kind', 'fix', '--kind', 'feature', 'x'], 'given before'],
])('%j is refused with a reason', (argv, reason) => {
  expect(() => parse(argv, known)).toThrow(AiosError)
  expect(() => parse(argv, known)).toThrow(new RegExp(reason, 'i'))
})

test.each([
  [['stop'], '; did you mean `aios daemon stop`?'],
  [['--json', '-C', '/x', 'add', 'a note'], '; did you mean `aios repo add`, `aios plugin add`, '],
  [['add'], '`aios user add`, or `aios note add`?'],
  [['repo', 'stop'], "Unknown command 'stop'."],
  [['statu'], 'did you mean `status`?'],
  [['contect'], 'did you mean `connect` or `context`?'],
])('%j is told which command it may be', (argv, told) => {
  const refused = () => parse(argv, known)
  expect(refused).toThrow(told)
})

test('every command is found under its name', async () => {
  for (const one of known) expect(await branch(one.name)).toBe(one)
})

test('every command explains itself', () => {
  for (const one of known) {
    const names = one.shape === 'command' ? [[one.name]] : one.commands.map(({ name }) => [one.name, name])
    for (const name of names) {
      const parsed = parse([...name, '--help'], known)
      expect(parsed).toMatchObject({
        shape: 'help',
        text: expect.stringContaining(`Usage: aios ${name.join(' ')}`),
      })
    }
  }
})

test('a question that nobody would read is refused before it is sent', async () => {
  expect(await questionFrom(['when', 'does', 'the', 'tide', 'turn'])).toBe('when does the tide turn')
  await expect(questionFrom(['潮'.repeat(limits.questionBytes / 3 + 1)])).rejects.toMatchObject({
    code: 'request.too-large',
    message: expect.stringContaining('16,384'),
  })
})
