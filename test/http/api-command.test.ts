import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { AiosError } from '../../contract/errors.ts'
import { routes } from '../../contract/routes.ts'
import { sanitise } from '../../contract/plain.ts'
import { apiRequest } from '../../cli/api-request.ts'
import { commandLine } from './command-line.ts'
import { evil } from './hostile.ts'

const words = { fields: [], input: undefined }

test('any route can be called, and its JSON is printed', async () => {
  const aios = await commandLine()
  const { stdout, exit } = await aios(['api', 'GET', '/v1/repositories'])
  expect(exit).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ items: [{ id: 'tide-1' }] })
  const json = await aios(['api', 'get', '/v1/repositories/tide-1', '--json'])
  expect(JSON.parse(json.stdout)).toMatchObject({
    schema: 'aios.api.v1',
    data: { id: 'tide-1' },
    warnings: [],
  })
})

test('fields become the body, with the types that the route wants', async () => {
  const asked: unknown[] = []
  const aios = await commandLine({
    recall: async (input) => {
      asked.push(input)
      return { question: input.question, kind: 'prose', hits: [], abstained: false, tookMs: 1 }
    },
  })
  const fields = ['question=5 tides', 'limit=5', 'explain=true', 'filters.author=12', 'filters.path=src/**']
  await aios(['api', 'POST', '/v1/recall', ...fields.flatMap((field) => ['--field', field])])
  expect(asked).toEqual([
    { question: '5 tides', limit: 5, explain: true, filters: { author: '12', path: 'src/**' } },
  ])
})

test.each([
  ['a list of one', ['paths=a.md'], { repository: 'x', paths: ['a.md'] }],
  [
    'a list',
    ['paths=a.md', 'paths=true', 'staged=true'],
    { repository: 'x', paths: ['a.md', 'true'], staged: true },
  ],
  ['a value with a sign in it', ['paths=a=b'], { repository: 'x', paths: ['a=b'] }],
  ['what no route has', ['new=7', 'old=07', 'no=x'], { repository: 'x', new: 7, old: '07', no: 'x' }],
  ['a name that every object has', ['__proto__.a=1'], JSON.parse('{"repository":"x","__proto__":{"a":1}}')],
])('%s arrives as it was meant', async (_name, fields, body) => {
  const all = ['repository=x', ...fields]
  const request = await apiRequest({ ...words, method: 'POST', path: '/v1/related', fields: all })
  expect(JSON.parse(request.body)).toEqual(body)
})

test('parts of the path are filled from the fields, and the rest is the query', async () => {
  const show = { ...words, method: 'GET', path: '/v1/episodes/:oid', fields: ['oid=a/b', 'repository=x y'] }
  expect(await apiRequest(show)).toEqual({
    method: 'GET',
    path: '/v1/episodes/a%2Fb?repository=x+y',
    body: '',
  })
  const timeline = { ...words, method: 'GET', path: '/v1/timeline?limit=5', fields: ['repository=x'] }
  expect((await apiRequest(timeline)).path).toBe('/v1/timeline?limit=5&repository=x')
})

test('the body can come from a file', async () => {
  const aios = await commandLine()
  const file = join(tmpdir(), 'question.json')
  writeFileSync(file, '{"question": "tide"}')
  const { stdout } = await aios(['api', 'POST', '/v1/recall', '--input', file])
  expect(JSON.parse(stdout)).toMatchObject({ question: 'tide', hits: [] })
})

test('a stream is printed line by line', async () => {
  const aios = await commandLine()
  const { stdout } = await aios(['api', 'GET', '/v1/repositories/tide-1/progress'])
  const phases = stdout
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
  expect(phases).toMatchObject([{ phase: 'messages' }, { phase: 'idle' }])
})

test('a stream that fails on the way, and whatever else goes wrong, is the error that it is', async () => {
  const aios = await commandLine({
    async *followProgress() {
      yield { phase: 'messages', done: 1, total: 2, ratePerSecond: 1 }
      throw new AiosError('git.failed', 'git went away.')
    },
  })
  await expect(aios(['api', 'GET', '/v1/repositories/x/progress'])).rejects.toMatchObject({
    code: 'git.failed',
  })
  await expect(aios(['api', 'GET', '/v1/repositories/x'])).rejects.toMatchObject({
    code: 'repository.unknown',
    kind: { exit: 3 },
  })
  await expect(aios(['api', 'GET', '/v2'])).rejects.toMatchObject({ code: 'request.unknown-route' })
  await expect(aios(['api', 'POST', '/v1/recall', '-F', 'questoin=x'])).rejects.toMatchObject({
    code: 'request.invalid',
    message: expect.stringContaining('did you mean `question`'),
  })
})

test('nothing that a commit says is an order to the terminal', async () => {
  const aios = await commandLine({ forgetRepository: async () => ({ id: evil, purged: false }) })
  const { stdout } = await aios(['api', 'DELETE', '/v1/repositories/x'])
  const shown = stdout.replaceAll('\n', '')
  expect(sanitise(shown)).toBe(shown)
  expect(JSON.parse(stdout)).toEqual({ id: evil, purged: false })
})

test.each([
  ['a method that is none', ['PATCH', '/v1/status'], 'must be one of'],
  ['a path without its slash', ['GET', 'v1/status'], 'must begin with a slash'],
  ['a field without a value', ['GET', '/v1/status', '-F', 'limit'], '`limit` is no field'],
  ['a body for a GET', ['GET', '/v1/status', '--input', '-'], 'has no body'],
  ['two bodies', ['POST', '/v1/recall', '--input', 'package.json', '-F', 'a=b'], 'not both'],
  ['a file that is not there', ['POST', '/v1/recall', '--input', 'nowhere.json'], 'cannot be read'],
])('%s is refused before anything is sent', async (_name, argv, message) => {
  const aios = await commandLine({
    recall: async () => {
      throw new Error('it was sent')
    },
  })
  await expect(aios(['api', ...argv])).rejects.toMatchObject({
    code: 'command.usage',
    message: expect.stringContaining(message),
  })
})

test('every route of the contract can be called by its path in the documentation', async () => {
  for (const { method, path } of Object.values(routes)) {
    const names = path.match(/(?<=:)[a-z]+/gi) ?? []
    const fields = names.map((name) => `${name}=x`)
    const request = await apiRequest({ ...words, method, path, fields })
    expect(request.path).toBe(path.replace(/:[a-z]+/gi, 'x'))
  }
})
