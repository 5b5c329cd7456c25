import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pathToFileURL } from 'node:url'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as OlderTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import { ListRootsRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { expect, onTestFinished, test } from 'vitest'
import { mcpSource } from '../../cli/mcp-source.ts'
import { owner, type Role } from '../../contract/caller.ts'
import { AiosError } from '../../contract/errors.ts'
import { stateFolders } from '../../contract/state.ts'
import { createMcpDoor } from '../../daemon/mcp/door.ts'
import { createMcpServer, type McpSource } from '../../daemon/mcp/server.ts'
import { createTools, type ToolSources } from '../../daemon/mcp/tools.ts'
import { answersWith } from './answers.ts'
import { homeWith } from './command-line.ts'

const recallOf = { name: 'recall', arguments: { question: 'tide', repository: 'tide-1' } }

/** Returns the address of a door over these answers, open until the test ends. */
async function doorWith(some: Partial<ToolSources>, role: Role = 'writer'): Promise<URL> {
  const tools = createTools({
    answers: () => ({ ...answersWith(), ...some }),
    countTokens: async () => (text) => text.length / 4,
  })
  const door = createMcpDoor({ tools, version: '1.2.3', onError: () => {} })
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => door.handle(request, response, body, { ...owner, role }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await door.close()
  })
  return new URL(`http://127.0.0.1:${portOf(server.address())}/mcp`)
}

test('who may only read is offered what reads, and is refused the rest with a hint', async () => {
  const client = await currentClient(await doorWith({}, 'reader'))
  const { tools } = await client.listTools()
  expect(tools.map(({ name }) => name)).toEqual(['recall', 'why', 'related', 'context'])
  const refused = await client.callTool({ name: 'remember', arguments: { text: 'x', repository: 'tide-1' } })
  expect(refused).toMatchObject({ isError: true, structuredContent: { error: 'auth.forbidden' } })
  expect(refused.structuredContent).toHaveProperty('hint')
})

// The revision before tells of a cancellation in a request of its own, which no server without sessions can match.
test('a client that hangs up ends the question', async () => {
  const asked = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  const recall: ToolSources['recall'] = (_input, signal) =>
    new Promise((_resolve, reject) => {
      asked.resolve()
      signal.addEventListener('abort', () => {
        ended.resolve()
        reject(new Error('aborted'))
      })
    })
  const client = await currentClient(await doorWith({ recall }))
  const stop = new AbortController()
  const failure = client.callTool(recallOf, { signal: stop.signal }).then(String, String)
  await asked.promise
  stop.abort()
  expect(await failure).toMatch(/abort/i)
  await ended.promise
})

test('both revisions are spoken at one address', async () => {
  const address = await doorWith({})
  const current = await currentClient(address)
  const older = await olderClient(new OlderTransport(address))
  const answer = { isError: false, structuredContent: { hits: [] } }
  expect(await current.callTool(recallOf)).toMatchObject(answer)
  expect(await older.callTool(recallOf)).toMatchObject(answer)
})

test('a cancelled call over stdio ends the question, and progress is told to who asked for it', async () => {
  const asked = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  const client = await linkedClient({
    call: (_name, _given, about, signal) =>
      new Promise((_resolve, reject) => {
        about.progress('Asking.')
        asked.resolve()
        signal.addEventListener('abort', () => {
          ended.resolve()
          reject(new Error('aborted'))
        })
      }),
  })
  const stop = new AbortController()
  const told: (string | undefined)[] = []
  const onprogress = ({ message }: { message?: string | undefined }) => void told.push(message)
  const failure = client
    .callTool(recallOf, undefined, { signal: stop.signal, onprogress })
    .then(String, String)
  await asked.promise
  stop.abort()
  expect(await failure).toMatch(/abort/i)
  await ended.promise
  expect(told).toEqual(['Asking.'])
})

test('the folder that is open in an editor is meant, wherever the editor starts us', async () => {
  const asked: unknown[] = []
  const home = await homeWith({
    callTool: async ({ directory }) => {
      asked.push(directory)
      return { text: 'x', data: {}, isError: false }
    },
  })
  const folders = stateFolders({ AIOS_HOME: home })
  const reach = { folders, environment: {}, mayStart: false, warn: () => {} }
  const source = mcpSource({ reach, directory: '/home/ann', version: '1' })
  const open = { roots: ['/projects/tide', '/projects/pump'] }
  const client = await linkedClient(source, open)
  await client.callTool({ name: 'recall', arguments: { question: 'x' } })
  open.roots = ['/projects', '/home']
  await client.callTool({ name: 'recall', arguments: { question: 'x' } })
  open.roots = []
  await client.callTool({ name: 'recall', arguments: { question: 'x' } })
  expect(asked).toEqual(['/projects/tide', '/home/ann', '/home/ann'])
})

test('a daemon that goes away is asked again for what reads, and not for what writes', async () => {
  let calls = 0
  const home = await homeWith({
    callTool: async () => {
      calls += 1
      throw new AiosError('daemon.stopping', 'The daemon is shutting down.')
    },
  })
  const reach = {
    folders: stateFolders({ AIOS_HOME: home }),
    environment: {},
    mayStart: false,
    warn: () => {},
  }
  const client = await linkedClient(mcpSource({ reach, directory: '/projects/tide', version: '1' }))
  const read = await client.callTool({ name: 'recall', arguments: { question: 'x' } })
  expect([read.isError, calls]).toEqual([true, 2])
  const written = await client.callTool({ name: 'remember', arguments: { text: 'x' } })
  expect([written.isError, calls]).toEqual([true, 3])
})

test('without a daemon that may be started, the answer says how to start one', async () => {
  const folders = stateFolders({ AIOS_HOME: '/nowhere/at/all' })
  const reach = { folders, environment: {}, mayStart: false, warn: () => {} }
  const client = await linkedClient(mcpSource({ reach, directory: '/', version: '1' }))
  expect((await client.listTools()).tools).toHaveLength(6)
  const answer = await client.callTool({ name: 'recall', arguments: { question: 'x' } })
  expect(answer).toMatchObject({ isError: true, structuredContent: { error: 'daemon.unreachable' } })
  expect(JSON.stringify(answer.content)).toContain('aios daemon start')
})

async function currentClient(address: URL): Promise<Client> {
  const client = new Client(
    { name: 'test', version: '1' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  )
  await client.connect(new StreamableHTTPClientTransport(address))
  onTestFinished(() => client.close())
  return client
}

async function olderClient(transport: OlderTransport): Promise<OlderClient> {
  const client = new OlderClient({ name: 'test', version: '1' })
  await client.connect(transport)
  onTestFinished(() => client.close())
  return client
}

/** Returns a client that speaks with a server over this source, in this process. */
async function linkedClient(some: Partial<McpSource>, open?: { roots: string[] }): Promise<OlderClient> {
  const source: McpSource = {
    version: '1',
    mayCall: () => true,
    call: async () => ({ text: '', data: {}, isError: false }),
    episode: async () => '',
    ...some,
  }
  const client = new OlderClient(
    { name: 'test', version: '1' },
    { capabilities: open === undefined ? {} : { roots: {} } },
  )
  if (open !== undefined) {
    client.setRequestHandler(ListRootsRequestSchema, async () => ({
      roots: open.roots.map((root) => ({ uri: pathToFileURL(root).href })),
    }))
  }
  const [ours, theirs] = InMemoryTransport.createLinkedPair()
  const server = createMcpServer(source)
  await server.connect(theirs)
  await client.connect(ours)
  onTestFinished(async () => {
    await client.close()
    await server.close()
  })
  return client
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(Buffer.from(piece))
  const text = Buffer.concat(pieces).toString()
  return text === '' ? undefined : JSON.parse(text)
}

function portOf(address: string | AddressInfo | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0
}
