import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { parse as parseJson } from 'jsonc-parser'
import { parse as parseToml } from 'smol-toml'
import { expect, test } from 'vitest'
import { agents, at, type Agent, type Place } from '../../../cli/agents/agents.ts'
import { connectBy, connecting, disconnectBy, disconnecting, look } from '../../../cli/agents/change.ts'
import { openConnections } from '../../../cli/agents/connections.ts'
import { agentNamed } from '../../../cli/agents/ground.ts'
import { jsonSettings } from '../../../cli/agents/json-settings.ts'
import { tomlSettings } from '../../../cli/agents/toml-settings.ts'

const program = { node: '/opt/node 24/bin/node', script: '/opt/aios/bin/aios.js' }

/** Returns a home where nothing is, and what connects agents there. */
function newHome(script = program.script) {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'agents-')))
  const place: Place = { home, project: join(home, 'tide'), environment: {}, platform: 'linux' }
  const environment = { AIOS_HOME: join(home, 'aios') }
  const connections = openConnections(join(home, 'state', 'agents.json'))
  const parts = { program: { ...program, script }, environment, connections }
  return {
    home,
    place,
    parts,
    fileOf: (agent: Agent) => agent.files('user', place)[0] ?? '',
    write(agent: Agent, text: string | Buffer) {
      const file = agent.files('user', place)[0] ?? ''
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
      return file
    },
    connect(agent: Agent, mayReplace = false) {
      const looked = look(agent, 'user', place, parts)
      const change = connecting(looked, mayReplace, parts)
      if (change !== undefined) connectBy(change, 'user', connections)
      return change !== undefined
    },
    disconnect(agent: Agent) {
      const change = disconnecting(look(agent, 'user', place, parts), connections)
      if (change !== undefined) disconnectBy(change, connections)
      return change !== undefined
    },
    standing: (agent: Agent) => look(agent, 'user', place, parts).standing,
  }
}

const [claude, vscode, codex, opencode] = ['claude', 'vscode', 'codex', 'opencode'].map(agentNamed)
if (claude === undefined || vscode === undefined || codex === undefined || opencode === undefined)
  throw new Error()

const keysOf = { json: ['mcpServers'], toml: ['mcp_servers'] }

test.each(agents)('$name: a file that was not there comes, says what to start, and goes', (agent) => {
  const { home, fileOf, connect, disconnect, standing } = newHome()
  expect(standing(agent)).toBe('absent')
  expect(connect(agent)).toBe(true)
  const text = readFileSync(fileOf(agent), 'utf8')
  const settings: unknown = agent.format === 'toml' ? parseToml(text) : JSON.parse(text)
  const entry = at(settings, ...agent.keys(settings), 'aios')
  expect(JSON.stringify(entry)).toContain(JSON.stringify(program.node))
  expect(JSON.stringify(entry)).toContain(join(home, 'aios'))
  expect(statSync(fileOf(agent)).mode & 0o777).toBe(0o600)
  expect(standing(agent)).toBe('connected')
  expect(connect(agent)).toBe(false)
  expect(disconnect(agent)).toBe(true)
  expect(disconnect(agent)).toBe(false)
  expect(readdirSync(home).filter((name) => name !== 'state')).toEqual([])
})

const jsonFiles = {
  empty: '',
  'an empty object': '{}\n',
  'an object without a line end': '{}',
  minified: '{"numStartups":3,"mcpServers":{"other":{"command":"x"}},"z":[1,2]}',
  'minified and without servers': '{"numStartups":3}',
  'two spaces': '{\n  "a": 1,\n  "mcpServers": {\n    "other": { "command": "x" }\n  },\n  "z": 2\n}\n',
  tabs: '{\n\t"mcpServers": {\n\t\t"other": {}\n\t}\n}\n',
  'CRLF and a byte order mark': '\ufeff{\r\n    "a": "é",\r\n    "mcpServers": {}\r\n}\r\n',
  'comments and trailing commas':
    '// mine\n{\n  /* first */ "a": 1, // one\n  "mcpServers": {\n    "other": {"command": "x",}, // keep me here\n    // and me\n  },\n  // the end\n}\n',
  'servers on one line': '{\n  "mcpServers": { "other": {} },\n  "b": 1\n}\n',
  'an empty object with a comment': '{\n  // nothing yet\n}',
  'a name that looks like ours elsewhere':
    '{\n  "aios": {"mcpServers": {"aios": 1}},\n  "b": "mcpServers"\n}',
  'the same name twice': '{\n  "mcpServers": {"a": {}},\n  "mcpServers": {"b": {}}\n}',
}

test.each(Object.entries(jsonFiles))(
  'JSON, %s: every other byte stays, and all come back',
  (_name, before) => {
    const { write, connect, disconnect } = newHome()
    const file = write(claude, before)
    connect(claude)
    const after = readFileSync(file, 'utf8')
    const bare = after.replace(/^\ufeff/, '')
    const settings: unknown = parseJson(bare, [], { allowTrailingComma: true })
    expect(at(settings, 'mcpServers', 'aios', 'command')).toBe(program.node)
    expect(after.includes('\r\n')).toBe(before.includes('\r\n'))
    expect(after.replaceAll('\r\n', '').includes('\n')).toBe(
      before.replaceAll('\r\n', '').includes('\n') || before.trim().length < 3,
    )
    // What was there is still there, in its order: only what we put stands between.
    expect(isSubsequence(before, after)).toBe(true)
    disconnect(claude)
    expect(readFileSync(file, 'utf8')).toBe(before)
  },
)

test.each(Object.entries(jsonFiles))(
  'JSON, %s: something else changed, and only our entry goes',
  (_name, before) => {
    const { home, write, connect, disconnect, fileOf } = newHome()
    write(claude, before)
    connect(claude)
    const connected = `${readFileSync(fileOf(claude), 'utf8')}\n\n`
    writeFileSync(fileOf(claude), connected)
    disconnect(claude)
    const after = readFileSync(fileOf(claude), 'utf8')
    expect(isSubsequence(before.trim(), after)).toBe(true)
    expect(after).not.toContain(program.node)
    expect(isSubsequence(after, connected)).toBe(true)
    expect(readdirSync(home).some((name) => name.startsWith('.claude.json.'))).toBe(false)
  },
)

test('a comment behind the last server stays with it', () => {
  const before = '{\n  "mcpServers": {\n    "other": {} // do not touch\n  }\n}\n'
  const after = jsonSettings.add(before, ['mcpServers'], 'aios', { command: 'x' })
  expect(after).toContain(
    '"other": {}, // do not touch\n    "aios": {\n      "command": "x"\n    }\n  }\n}\n',
  )
  expect(jsonSettings.remove(after, ['mcpServers'], 'aios')).toBe(before)
})

test('of any JSON nothing but our entry changes, and taking it out gives the same settings', () => {
  const json = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }))
  const indent = fc.constantFrom('', '  ', '\t', '    ')
  fc.assert(
    fc.property(json, fc.option(json), indent, (settings, servers, unit) => {
      const all = servers === null ? settings : { ...settings, mcpServers: servers }
      if (!isTable(at(all, 'mcpServers'))) return
      const before = JSON.stringify(all, undefined, unit)
      const bare = jsonSettings.remove(before, ['mcpServers'], 'aios')
      const after = jsonSettings.add(bare, ['mcpServers'], 'aios', { command: 'x', args: [] })
      expect(at(JSON.parse(after), 'mcpServers', 'aios')).toEqual({ command: 'x', args: [] })
      expect(isSubsequence(bare, after)).toBe(true)
      const without: unknown = JSON.parse(jsonSettings.remove(after, ['mcpServers'], 'aios'))
      const expected: unknown = JSON.parse(bare)
      expect(at(without, 'mcpServers') ?? {}).toEqual(at(expected, 'mcpServers') ?? {})
    }),
    { numRuns: 200 },
  )
})

const tomlFiles = {
  'an empty file': '',
  'settings before': 'model = "o5"\n\n[profiles.fast]\nmodel = "o5-mini"\n',
  'no last line end': 'model = "o5"',
  'another server': '# mine\n[mcp_servers.other]\ncommand = "x"\nargs = ["[mcp_servers.aios]"]\n',
  CRLF: 'model = "o5"\r\n[mcp_servers.other]\r\ncommand = "x"\r\n',
  'strings of several lines':
    'text = """\n[mcp_servers.aios]\ncommand = "no"\n"""\nlist = [\n  "a", # [b]\n  "c",\n]\n',
  'a large number and a date': 'big = 9223372036854775807\nwhen = 1979-05-27T07:32:00Z\n',
}

test.each(Object.entries(tomlFiles))(
  'TOML, %s: every other byte stays, and all come back',
  (_name, before) => {
    const { write, connect, disconnect } = newHome()
    const file = write(codex, before)
    connect(codex)
    const after = readFileSync(file, 'utf8')
    expect(after.startsWith(before)).toBe(true)
    const settings: unknown = parseToml(after, { integersAsBigInt: 'asNeeded' })
    expect(at(settings, 'mcp_servers', 'aios', 'command')).toBe(program.node)
    disconnect(codex)
    expect(readFileSync(file, 'utf8')).toBe(before)
  },
)

test('TOML: what was written behind our table and around it stays', () => {
  const entry = { command: 'x', args: ['y'], env: { A: 'b' } }
  const added = tomlSettings.add('a = 1\n', keysOf.toml, 'aios', entry)
  const written = `${added}\n[mcp_servers.aios.tools.recall]\nenabled = true\n\n# about the next\n[z]\nb = 2\n`
  expect(tomlSettings.remove(written, keysOf.toml, 'aios')).toBe('a = 1\n\n# about the next\n[z]\nb = 2\n')
})

test('servers that are written in a way we cannot change safely are refused, and nothing is written', () => {
  const { write, connect } = newHome()
  for (const text of ['mcp_servers = { other = { command = "x" } }\n', 'mcp_servers = "none"\n', 'a = \n']) {
    const file = write(codex, text)
    expect(() => connect(codex)).toThrow(expect.objectContaining({ code: 'agent.unreadable' }))
    expect(readFileSync(file, 'utf8')).toBe(text)
  }
})

test.each(['{"mcpServers": ', '[]', '{"mcpServers": []}', '{"mcpServers": "x"}', 'no JSON', '{"a": 1} }'])(
  'broken settings are refused with the place, and stay as they are: %s',
  (text) => {
    const { write, connect } = newHome()
    const file = write(claude, text)
    expect(() => connect(claude)).toThrow(expect.objectContaining({ code: 'agent.unreadable' }))
    expect(readFileSync(file, 'utf8')).toBe(text)
  },
)

test('bytes that are no text are refused', () => {
  const { write, connect } = newHome()
  const bytes = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])
  const file = write(claude, bytes)
  expect(() => connect(claude)).toThrow(expect.objectContaining({ code: 'agent.unreadable' }))
  expect(readFileSync(file)).toEqual(bytes)
})

test('a read-only file is not replaced', () => {
  const { write, connect } = newHome()
  const file = write(claude, '{}\n')
  chmodSync(file, 0o444)
  expect(() => connect(claude)).toThrow(expect.objectContaining({ code: 'agent.unwritable' }))
  expect(readFileSync(file, 'utf8')).toBe('{}\n')
})

test('a link stays a link, the file behind it keeps its mode, and a link to nothing is refused', () => {
  const { home, fileOf, connect, disconnect } = newHome()
  const real = join(home, 'dotfiles.json')
  writeFileSync(real, '{\n  "a": 1\n}\n')
  chmodSync(real, 0o640)
  symlinkSync(real, fileOf(claude))
  connect(claude)
  expect(lstatSync(fileOf(claude)).isSymbolicLink()).toBe(true)
  expect(readFileSync(real, 'utf8')).toContain(program.node)
  expect(statSync(real).mode & 0o777).toBe(0o640)
  disconnect(claude)
  expect(readFileSync(real, 'utf8')).toBe('{\n  "a": 1\n}\n')

  symlinkSync(join(home, 'nowhere'), join(home, '.cursor'))
  expect(() => connect(agentNamed('cursor'))).toThrow(expect.objectContaining({ code: 'agent.unwritable' }))
})

test('another server of our name stays until it may be replaced, and comes back', () => {
  const { write, connect, disconnect, standing } = newHome()
  const before =
    '{\n  "mcpServers": {\n    "aios": { "command": "python", "args": ["-m", "aios_other"] }\n  }\n}\n'
  const file = write(claude, before)
  expect(standing(claude)).toBe('taken')
  expect(() => connect(claude)).toThrow(expect.objectContaining({ code: 'agent.taken' }))
  expect(() => disconnect(claude)).toThrow(expect.objectContaining({ code: 'agent.taken' }))
  expect(readFileSync(file, 'utf8')).toBe(before)
  expect(connect(claude, true)).toBe(true)
  expect(standing(claude)).toBe('connected')
  disconnect(claude)
  expect(readFileSync(file, 'utf8')).toBe(before)
})

test('an aios that has moved is connected anew, and undoing leads back to before both', () => {
  const home = newHome()
  const before = '{\n  "a": 1\n}\n'
  const file = home.write(claude, before)
  home.connect(claude)
  const moved = { ...home.parts, program: { ...program, script: '/usr/lib/aios/bin/aios.js' } }
  const looked = look(claude, 'user', home.place, moved)
  expect(looked.standing).toBe('outdated')
  const change = connecting(looked, false, moved)
  if (change !== undefined) connectBy(change, 'user', home.parts.connections)
  expect(readFileSync(file, 'utf8')).toContain('/usr/lib/aios/bin/aios.js')
  expect(readFileSync(file, 'utf8')).not.toContain(program.script)
  home.disconnect(claude)
  expect(readFileSync(file, 'utf8')).toBe(before)
})

test('a file that its program writes while a person is asked is not overwritten', () => {
  const { write, place, parts } = newHome()
  const file = write(claude, '{}\n')
  const change = connecting(look(claude, 'user', place, parts), false, parts)
  writeFileSync(file, '{"a": 1}\n')
  expect(() => change && connectBy(change, 'user', parts.connections)).toThrow(/changed meanwhile/)
  expect(readFileSync(file, 'utf8')).toBe('{"a": 1}\n')
})

test('opencode keeps the shape that its file has', () => {
  const { home, write, connect } = newHome()
  write(opencode, '{"mcp": {"servers": {"other": {}}}}')
  connect(opencode)
  const file = join(home, '.config/opencode/opencode.json')
  expect(at(JSON.parse(readFileSync(file, 'utf8')), 'mcp', 'servers', 'aios', 'type')).toBe('local')

  const other = newHome()
  const jsonc = join(other.home, '.config/opencode/opencode.jsonc')
  mkdirSync(dirname(jsonc), { recursive: true })
  writeFileSync(jsonc, '{\n  // mine\n  "mcp": {}\n}\n')
  other.connect(opencode)
  expect(existsSync(join(other.home, '.config/opencode/opencode.json'))).toBe(false)
  expect(readFileSync(jsonc, 'utf8')).toContain('// mine')
})

test('what is kept to undo a change holds nothing of the rest of the file, and is private', () => {
  const { home, write, connect } = newHome()
  write(claude, '{\n  "oauth": "secret-token",\n  "mcpServers": {\n    "other": {}\n  }\n}\n')
  connect(claude)
  const kept = join(home, 'state', 'agents.json')
  expect(readFileSync(kept, 'utf8')).not.toContain('secret-token')
  expect(statSync(kept).mode & 0o777).toBe(0o600)
  expect(existsSync(`${kept}.new`)).toBe(false)
})

/** Says whether the shorter text is the longer one with something taken out. */
function isSubsequence(shorter: string, longer: string): boolean {
  let at = 0
  for (const sign of longer) if (shorter.startsWith(sign, at)) at += sign.length
  return at >= shorter.length
}

function isTable(value: unknown): boolean {
  return value === undefined || (typeof value === 'object' && value !== null && !Array.isArray(value))
}
