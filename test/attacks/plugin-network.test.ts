import { createServer, type RequestListener, type Server } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import type { Permission } from '../../contract/manifest.ts'
import { isPublicAddress } from '../../plugins/addresses.ts'
import { fetchAllowed, type FetchParts, type FetchRequest } from '../../plugins/fetch.ts'

const forever = new AbortController().signal
const open: Server[] = []
afterEach(() => {
  for (const server of open.splice(0)) server.close()
})

/** Serves on this machine, which a test may call public. */
async function serve(answer: RequestListener): Promise<number> {
  const server = createServer(answer)
  open.push(server)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

function names(
  table: Readonly<Record<string, string>>,
  mayReach: FetchParts['mayReach'] = isPublicAddress,
): FetchParts {
  return { mayReach, resolve: async (host) => [table[host] ?? '203.0.113.9'] }
}

function fetching(request: FetchRequest, hosts: string[], parts: FetchParts, rest: Partial<Permission> = {}) {
  return fetchAllowed(request, { name: 'network:fetch', hosts, ...rest }, parts, forever)
}

test.each([
  '127.0.0.1',
  '127.255.255.254',
  '0.0.0.0',
  '10.1.2.3',
  '172.31.0.1',
  '192.168.1.1',
  '100.100.100.200',
  '168.63.129.16',
  '169.254.169.254',
  '224.0.0.1',
  '255.255.255.255',
  '::1',
  '::',
  '::ffff:127.0.0.1',
  '::ffff:a9fe:a9fe',
  '::127.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b:1::1',
  '2002:7f00:1::',
  '2001:0:7f00:1::',
  'fe80::1',
  'fe80::1%eth0',
  'fd00:ec2::254',
  'fc00::1',
  'ff02::1',
  '2001:db8::1',
  'not an address',
  '',
])('%s is not public', (address) => {
  expect(isPublicAddress(address)).toBe(false)
})

test.each(['1.1.1.1', '93.184.215.14', '172.15.0.1', '172.32.0.1', '2606:4700:4700::1111'])(
  '%s is public',
  (address) => {
    expect(isPublicAddress(address)).toBe(true)
  },
)

test.each([
  'http://localhost/',
  'http://127.0.0.1/',
  'http://2130706433/',
  'http://0x7f.1/',
  'http://017700000001/',
  'http://[::1]/',
  'http://[::ffff:7f00:1]/',
  'http://169.254.169.254/latest/meta-data/',
  'http://metadata.internal/',
])('%s is refused though its name was allowed', async (url) => {
  const parts = names({ localhost: '127.0.0.1', 'metadata.internal': '169.254.169.254' })
  const hosts = ['localhost', '127.0.0.1', '[::1]', '[::ffff:7f00:1]', '169.254.169.254', 'metadata.internal']

  await expect(fetching({ url }, hosts, parts)).rejects.toMatchObject({ code: 'plugin.refused' })
})

test.each([
  ['another host', 'https://evil.example/'],
  ['a host that ends alike', 'https://notapi.example.com/'],
  ['a host behind a name', 'https://api.example.com@evil.example/'],
  ['another port', 'https://api.example.com:8443/'],
  ['the top of a wildcard', 'https://wild.example/'],
  ['a file', 'file:///etc/passwd'],
  ['data', 'data:text/plain,hello'],
  ['no address', 'api.example.com'],
])('%s is refused', async (_what, url) => {
  const hosts = ['api.example.com', '*.wild.example']
  await expect(
    fetching(
      { url },
      hosts,
      names({}, () => true),
    ),
  ).rejects.toMatchObject({ code: 'plugin.refused' })
})

test('a method that was not allowed is refused', async () => {
  const request = { url: 'https://api.example.com/', init: { method: 'post', body: 'x' } }
  await expect(fetching(request, ['api.example.com'], names({}))).rejects.toThrow(
    'POST was not allowed; GET, HEAD was',
  )
})

test('what was allowed is fetched from the address that was judged', async () => {
  const port = await serve(
    (request, reply) =>
      void reply.end(`${String(request.headers.host)} ${String(request.headers['x-tide'])}`),
  )
  let lookups = 0
  const parts: FetchParts = {
    mayReach: (address) => address === '127.0.0.1',
    // Whoever rebinds a name answers differently the second time: there is none.
    resolve: async () => ((lookups += 1) === 1 ? ['127.0.0.1'] : ['127.0.0.2']),
  }
  const init = { headers: { 'x-tide': 'high', host: 'evil.example', 'transfer-encoding': 'chunked' } }
  const reply = await fetching(
    { url: `http://api.example.com:${port}/`, init },
    [`api.example.com:${port}`],
    parts,
  )

  expect(reply).toMatchObject({ status: 200, body: `api.example.com:${port} high`, truncated: false })
  expect(lookups).toBe(1)
})

test('of several addresses one that is not public is enough to refuse', async () => {
  const parts: FetchParts = { mayReach: isPublicAddress, resolve: async () => ['93.184.215.14', '127.0.0.1'] }
  await expect(
    fetching({ url: 'https://api.example.com/' }, ['api.example.com'], parts),
  ).rejects.toMatchObject({
    code: 'plugin.refused',
  })
})

test.each([
  ['this machine', 'http://localhost:1/'],
  ['a metadata service', 'http://169.254.169.254/latest/'],
  ['a host that was not allowed', 'http://evil.example/'],
  ['a file', 'file:///etc/passwd'],
])('a redirect to %s is judged anew and refused', async (_what, location) => {
  const port = await serve((_request, reply) => void reply.writeHead(302, { location }).end())
  const parts: FetchParts = {
    mayReach: (address) => address === '127.0.0.1',
    resolve: async (host) => [host === 'api.example.com' ? '127.0.0.1' : '127.0.0.2'],
  }
  const hosts = [`api.example.com:${port}`, 'localhost:1', '169.254.169.254']

  await expect(fetching({ url: `http://api.example.com:${port}/` }, hosts, parts)).rejects.toMatchObject({
    code: 'plugin.refused',
  })
})

test('a redirect to another host that was allowed is followed without secrets', async () => {
  const second = await serve((request, reply) => void reply.end(JSON.stringify(request.headers)))
  const first = await serve(
    (_request, reply) => void reply.writeHead(307, { location: `http://two.example:${second}/` }).end(),
  )
  const hosts = [`one.example:${first}`, `two.example:${second}`]
  const parts: FetchParts = { mayReach: () => true, resolve: async () => ['127.0.0.1'] }
  const init = { headers: { authorization: 'Bearer secret', cookie: 'secret', accept: 'text/plain' } }
  const { body } = await fetching({ url: `http://one.example:${first}/`, init }, hosts, parts)

  expect(body).toContain('text/plain')
  expect(body).not.toContain('secret')
})

test('a circle of redirects ends', async () => {
  const port = await serve((_request, reply) => void reply.writeHead(302, { location: '/' }).end())
  const parts: FetchParts = { mayReach: () => true, resolve: async () => ['127.0.0.1'] }
  const url = `http://api.example.com:${port}/`

  await expect(fetching({ url }, [`api.example.com:${port}`], parts)).rejects.toThrow(
    'redirects more than 5 times',
  )
})

test('an answer without an end is cut at 1 MiB, and one that never comes ends with the call', async () => {
  const port = await serve((request, reply) => {
    if (request.url === '/never') return
    const send = () => {
      while (!reply.destroyed && reply.write('x'.repeat(65_536)));
    }
    reply.on('drain', send)
    send()
  })
  const parts: FetchParts = { mayReach: () => true, resolve: async () => ['127.0.0.1'] }
  const url = `http://api.example.com:${port}`
  const permission: Permission = { name: 'network:fetch', hosts: [`api.example.com:${port}`] }
  const { truncated, body } = await fetchAllowed({ url: `${url}/` }, permission, parts, forever)
  const late = fetchAllowed({ url: `${url}/never` }, permission, parts, AbortSignal.timeout(100))

  expect({ truncated, length: body.length }).toEqual({ truncated: true, length: 2 ** 20 })
  await expect(late).rejects.toMatchObject({ code: 'plugin.failed' })
})
