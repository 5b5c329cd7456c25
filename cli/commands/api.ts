import { resolve } from 'node:path'
import { AiosError } from '../../contract/errors.ts'
import { apiRequest } from '../api-request.ts'
import { command } from '../command.ts'
import { answer, items } from '../outcome.ts'
import { safeJson, sanitiseLines } from '../sanitise.ts'
import type { Terminal } from '../terminal.ts'

export default command({
  name: 'api',
  summary: 'call any route of the daemon and print what it answers',
  arguments: [
    { name: '<method>', summary: 'GET, POST, PUT or DELETE' },
    { name: '<path>', summary: 'as in /v1/status; `:name` parts are filled from the fields' },
  ],
  options: {
    field: {
      kind: 'list',
      flags: '-F, --field <name=value>',
      summary: 'a field of the query or the body; `a.b=c` for an inner one, more than once for a list',
    },
    input: {
      kind: 'text',
      flags: '--input <file>',
      summary: 'read the body from a file; `-` is standard input',
    },
  },
  examples: [
    'aios api GET /v1/status',
    'aios api GET /v1/timeline --field repository="$PWD" --field limit=5',
    'aios api POST /v1/recall --field question="why do we retry" --field filters.path="src/**"',
  ],

  async run(context, [method = '', path = ''], { field, input }) {
    const file = input === undefined || input === '-' ? input : resolve(context.directory, input)
    const request = await apiRequest({ method, path, fields: field, input: file })
    const client = await context.connect()
    const reply = await client.exchange(request)
    if (reply.type === 'application/x-ndjson') {
      return items(reply.lines(), (line, terminal) => terminal.line(safeJson(line)))
    }
    const text = await reply.text()
    return reply.type === 'application/json'
      ? answer('api', parse(text), print)
      : answer('api', text, printText)
  },
})

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new AiosError('daemon.version', 'The daemon answered with what is no JSON.')
  }
}

function print(data: unknown, terminal: Terminal): void {
  for (const line of safeJson(data, 2).split('\n')) terminal.line(line)
}

function printText(text: string, terminal: Terminal): void {
  for (const line of sanitiseLines(text)) terminal.line(line)
}
