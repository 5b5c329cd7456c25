import { expect, test } from 'vitest'
import { allowedGlobals } from '../../plugins/host/surface.ts'
import { openArena } from './arena.ts'

const arena = openArena()

/** Looks for anything of node behind whatever it is given. */
const search = `
  const found = []
  const seen = new Set()
  const wanted = ['process', 'require', 'module', 'Buffer', 'ivm', 'Isolate', 'Reference', 'Callback', 'ExternalCopy']
  const look = (value, path) => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return
    seen.add(value)
    for (const key of Reflect.ownKeys(value)) {
      const name = path + '.' + String(key)
      if (wanted.includes(String(key))) found.push(name)
      const slot = Reflect.getOwnPropertyDescriptor(value, key)
      for (const inner of [slot?.value, slot?.get, slot?.set]) look(inner, name)
    }
    look(Reflect.getPrototypeOf(value), path + '.[[prototype]]')
  }
`

/** Each tries to get out, and returns what it got: nothing. */
const escapes: Readonly<Record<string, { source: string; result: string }>> = {
  'the constructor of a constructor knows no process': {
    source: `export default (ctx) => [
      typeof ctx.constructor.constructor('return this')().process,
      typeof (() => {}).constructor('return typeof process')(),
      Object.keys(Object.getPrototypeOf(async () => {}).constructor('return globalThis')).length,
      (function* () {}).constructor('yield typeof process')().next().value,
    ]`,
    result: '["undefined","string",0,"undefined"]',
  },
  'a bridge function is made by the constructor of its own isolate': {
    source: `export default (ctx) => Object.values(ctx).flatMap((value) => typeof value === 'function' ? [value] : typeof value === 'object' ? Object.values(value).filter((inner) => typeof inner === 'function') : [])
      .map((bridge) => bridge.constructor === Function && typeof bridge.constructor('return globalThis')().process)
      .filter((seen) => seen !== 'undefined')`,
    result: '[]',
  },
  'import() and require lead nowhere': {
    source: `export default async () => [
      ...(await Promise.all(['fs', 'node:fs', './other.js', 'data:text/javascript,0'].map((name) => import(name).then(() => 'in', () => 'refused')))),
      typeof require, typeof module, Object.keys(import.meta).length]`,
    result: '["refused","refused","refused","refused","undefined","undefined",0]',
  },
  'Error.prepareStackTrace is shown no function and no object of the shim': {
    source: `export default (ctx) => {
      Error.prepareStackTrace = (error, sites) => sites.flatMap((site) => [site.getThis(), site.getFunction()])
      Error.stackTraceLimit = 100
      const direct = new Error('here').stack
      let thrown
      try { ctx.log({ toJSON() { throw new Error('there') } }) } catch (error) { thrown = error.stack }
      return [...direct, ...thrown].filter((value) => value !== undefined).length
    }`,
    result: '0',
  },
  'vm2: a call site, an inspected proxy or an async function leads to no host object (CVE-2022-36067, CVE-2023-29017, CVE-2023-30547, CVE-2023-37466)':
    {
      source: `export default async (ctx) => {
        const got = []
        const keep = (value) => { try { got.push(typeof value.constructor.constructor('return process')()) } catch (error) { got.push(error.name) } }
        globalThis.OldError = globalThis.Error
        globalThis.Error = {}
        globalThis.Error.prepareStackTrace = (_, frames) => frames.forEach((frame) => keep(frame.getThis() ?? {}))
        try { null.x } catch (error) { void error.stack; keep(error) }
        globalThis.Error = globalThis.OldError
        const error = new Error(); error.name = Symbol(); try { await (async () => error.stack)() } catch (inner) { keep(inner) }
        try { throw new Proxy({}, { getPrototypeOf() { throw { proxied: (keep) => keep } } }) } catch (inner) { keep({}) }
        const lure = async () => { throw new Error('x') }
        Object.defineProperty(Promise, Symbol.species, { get: () => function (executor) { executor(() => {}, keep) } })
        lure().then(() => {}, keep)
        return got.filter((seen) => seen !== 'ReferenceError')
      }`,
      result: '[]',
    },
  'n8n: an expression reaches no module loader (CVE-2025-68613)': {
    source: `export default function () { return [typeof this, (function () { return typeof this?.process })(), (0, Function)('return typeof this.process?.mainModule')(), (0, Function)('return this')() === globalThis] }`,
    result: '["undefined","undefined","undefined",true]',
  },
  'no object of isolated-vm and nothing of node can be reached from anything': {
    source: `${search}; export default (ctx) => { look(globalThis, 'globalThis'); look(ctx, 'ctx'); look(ctx.git.readBlob('x'), 'promise'); return found }`,
    result: '[]',
  },
  'the caller of a handler is not to be had': {
    source: `export default function handler() {
      const names = []
      try { names.push(typeof handler.caller) } catch (error) { names.push(error.name) }
      const loose = Function('return (function loose() { return loose.caller })()')
      try { names.push(loose()) } catch (error) { names.push(error.name) }
      return names
    }`,
    result: '["TypeError",null]',
  },
}

test.each(Object.entries(escapes))('%s', async (_name, { source, result }) => {
  expect(await arena.attack(source)).toMatchObject({ status: 'ok', result })
})

test('the global object holds exactly what is allowed', async () => {
  const { result } = await succeeded('export default () => Reflect.ownKeys(globalThis).map(String).sort()')
  expect(JSON.parse(result)).toEqual(allowedGlobals.toSorted())
})

test('nothing allowed shares memory, waits, or tells when memory is collected', () => {
  const forbidden = ['WebAssembly', 'SharedArrayBuffer', 'Atomics', 'WeakRef', 'FinalizationRegistry', 'Intl']
  expect(allowedGlobals.filter((name) => forbidden.includes(name))).toEqual([])
})

test('patched prototypes forge no envelope, neither the own nor that of another plugin', async () => {
  const forger = `
    JSON.stringify = () => 'done\\n1\\n"forged"'
    JSON.parse = () => ({ kind: 'call', id: 1, handler: 'handler.js' })
    for (const prototype of [Object.prototype, Array.prototype, String.prototype, Number.prototype])
      Object.defineProperty(prototype, 'toJSON', { value() { return 'forged' }, configurable: true })
    String.prototype.slice = Array.prototype.join = () => '99\\n'
    Promise.prototype.then = function (resolve) { resolve?.('forged'); return this }
    Object.defineProperty(Object.prototype, 'status', { value: 'ok' })
    Reflect.apply = () => 'forged'
    export default (ctx) => { void ctx.git.readBlob('mine'); return { decision: 'allow' } }`
  const heard: string[] = []
  const host = async (name: string, args: string) => {
    heard.push(`${name} ${args}`)
    return '1'
  }
  await arena.load('forger', forger)
  const [forged, calm] = await Promise.all([
    arena.call('forger', { host }),
    arena.call('bystander', { event: '"still me"' }),
  ])

  expect(forged).toMatchObject({ status: 'ok', result: '"forged"' })
  expect(calm).toMatchObject({ status: 'ok', result: '{"heard":"still me","time":1700000000000}' })
  expect(heard).toEqual(['git.readBlob "forged"'])
  await arena.sandbox().unload('forger')
})

test('__proto__ in a result is dropped before anybody could merge it', async () => {
  const { result } = await succeeded(
    `export default () => JSON.parse('{"a":{"__proto__":{"polluted":true}},"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}')`,
  )
  expect(result).toBe('{"a":{},"constructor":{"prototype":{"polluted":true}}}')
  expect(Object.assign({}, JSON.parse(result))).not.toHaveProperty('polluted')
})

test('a plugin imports its own files and nothing else', async () => {
  const files = { 'deep/one.js': `export { two } from '../two.js'`, 'two.js': 'export const two = 2' }
  expect(
    await arena.attack(`import { two } from './deep/one.js'; export default () => two`, { files }),
  ).toMatchObject({ status: 'ok', result: '2' })
})

test.each([
  ['node:fs', 'plugin imports only its own files'],
  ['isolated-vm', 'plugin imports only its own files'],
  ['/etc/passwd', 'plugin imports only its own files'],
  ['./../../../../etc/passwd', 'has no file'],
  ['./missing.js', 'has no file missing.js'],
])('an import of %s is refused when the plugin is loaded', async (specifier, reason) => {
  const loading = arena.load('importer', `import '${specifier}'; export default () => 1`)
  await expect(loading).rejects.toMatchObject({
    code: 'plugin.unloadable',
    message: expect.stringContaining(reason),
  })
})

test('the clock stands at the event and chance begins with the seed, so a call can be replayed', async () => {
  const source = `export default () => [Date.now(), +new Date(), Date(), new Date(0).constructor === Date, new Date(2020, 0).toISOString(), Math.random(), Math.random()]`
  const first = await arena.attack(source, { time: 86_400_000, seed: 3 })
  const again = await arena.attack(source, { time: 86_400_000, seed: 3 })
  const other = await arena.attack(source, { time: 86_400_000, seed: 4 })

  expect(first).toMatchObject({ status: 'ok' })
  expect(first).toMatchObject({ result: expect.stringContaining('[86400000,86400000,"Fri Jan 02 1970') })
  expect(again).toMatchObject({ result: 'result' in first ? first.result : '' })
  expect(other).not.toMatchObject({ result: 'result' in first ? first.result : '' })
})

async function succeeded(source: string) {
  const result = await arena.attack(source)
  if (result.status !== 'ok') throw new Error(result.message)
  return result
}
