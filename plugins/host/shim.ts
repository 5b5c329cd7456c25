/**
 * What runs inside an isolate before the plugin does.
 *
 * Each function here is sent there as text, so it may use nothing but its arguments and the language. Once
 * plugin code has run, any method of any built-in object may be the plugin's: what is needed later is taken
 * before. That keeps an isolate's own books straight; what protects others is that only text leaves it, and
 * that whoever reads the text knows whose it is.
 */

/** What the shim is told when it begins. */
export interface ShimSettings {
  readonly allowedGlobals: readonly string[]
  readonly hostFunctions: Readonly<Record<string, readonly string[]>>
  readonly config: string
  readonly mostHostCalls: number
  readonly mostHostCharacters: number
  readonly mostResultCharacters: number
  readonly mostMessageCharacters: number
}

/** Returns the source of a script which, given `$0` to send texts with, leaves what the isolate is driven by. */
export function shimSource(settings: ShimSettings): string {
  const parts = { lockGlobals, createClock, createContext, describeThrown, createAsking, createDriver }
  const declarations = Object.entries(parts).map(([name, part]) => `const ${name} = ${part.toString()}`)
  const begin = `return createDriver($0, ${JSON.stringify(settings)}, parts)`
  return ['"use strict"', ...declarations, `const parts = { ${Object.keys(parts).join(', ')} }`, begin].join(
    '\n',
  )
}

interface Parts {
  readonly lockGlobals: typeof lockGlobals
  readonly createClock: typeof createClock
  readonly createContext: typeof createContext
  readonly describeThrown: typeof describeThrown
  readonly createAsking: typeof createAsking
}

type Handler = (context: unknown) => unknown

interface Incoming {
  readonly kind: 'call' | 'reply'
  readonly id: number
  readonly handler: string
  readonly hook: string
  readonly event: string
  readonly time: number
  readonly seed: number
  readonly number: number
  readonly isAnswered: boolean
  readonly text: string
}

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

/** One call inside the isolate. */
interface Current {
  readonly id: number
  asked: number
  characters: number
  isOver: boolean
  readonly waiting: Record<number, Waiting>
}

/** Leaves on the global object only what is allowed, and nothing that tells the time or shares memory. */
function lockGlobals(allowed: readonly string[]): void {
  for (const name of Reflect.ownKeys(globalThis)) {
    if (typeof name !== 'string' || !allowed.includes(name)) Reflect.deleteProperty(globalThis, name)
  }
}

/** Makes `Date` stand still at the event's time and `Math.random` begin anew with the event's seed. */
function createClock(): { set(time: number, seed: number): void; random(): number } {
  const Real = Date
  const { construct, apply, defineProperty } = Reflect
  const { imul } = Math
  const toText = Real.prototype.toString
  let now = 0
  let state = 0
  const random = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const Still = function (this: unknown, ...parts: unknown[]) {
    if (new.target === undefined) return apply(toText, new Real(now), [])
    return construct(Real, parts.length === 0 ? [now] : parts, new.target)
  }
  const put = (target: object, name: string, value: unknown) =>
    defineProperty(target, name, { value, writable: true, enumerable: false, configurable: true })
  put(Still, 'name', 'Date')
  put(Still, 'length', 7)
  put(Still, 'now', { now: () => now }.now)
  put(Still, 'parse', Real.parse)
  put(Still, 'UTC', Real.UTC)
  defineProperty(Still, 'prototype', { value: Real.prototype, writable: false })
  put(Real.prototype, 'constructor', Still)
  put(globalThis, 'Date', Still)
  put(Math, 'random', random)
  return {
    set(time, seed) {
      now = time
      state = seed | 0
    },
    random,
  }
}

/** Makes what a handler is called with; every function of it asks the daemon through `ask`. */
function createContext(
  incoming: Incoming,
  settings: ShimSettings,
  clock: { random(): number },
  ask: (name: string, args: unknown[]) => Promise<unknown>,
): unknown {
  const { parse } = JSON
  const context: Record<string, unknown> = {
    event: parse(incoming.event),
    hook: incoming.hook,
    config: parse(settings.config),
    signal: { aborted: false },
    now: incoming.time,
    random: () => clock.random(),
    log: (...args: unknown[]) => void ask('log', args),
  }
  for (const space in settings.hostFunctions) {
    const functions: Record<string, unknown> = {}
    const names = settings.hostFunctions[space] ?? []
    for (let at = 0; at < names.length; at += 1) {
      const name = names[at] ?? ''
      functions[name] = (...args: unknown[]) => ask(`${space}.${name}`, args)
    }
    context[space] = functions
  }
  return context
}

/** Returns a thrown value as one line of text, whatever it is. */
function describeThrown(thrown: unknown, cut: (text: string) => string): string {
  try {
    if (typeof thrown === 'object' && thrown !== null && 'message' in thrown) {
      const { message } = thrown
      const name = 'name' in thrown && typeof thrown.name === 'string' ? thrown.name : 'Error'
      if (typeof message === 'string') return cut(`${name}: ${message}`)
    }
    return cut(typeof thrown === 'string' ? thrown : `a thrown ${typeof thrown}`)
  } catch {
    return 'something that cannot be described'
  }
}

/** Makes what sends host calls to the daemon, and what takes the answers. */
function createAsking(send: (text: string) => void, settings: ShimSettings) {
  const { parse, stringify } = JSON
  const Pending = Promise
  const Failure = Error
  return {
    ask(call: Current, name: string, args: unknown[]): Promise<unknown> {
      if (call.isOver) throw new Failure('The call is over; the daemon no longer listens to it.')
      const text = stringify(args)
      if (typeof text !== 'string') throw new Failure(`${name} was given what is not JSON.`)
      call.asked += 1
      call.characters += text.length
      if (call.asked > settings.mostHostCalls) throw new Failure('Too many host calls in one call.')
      if (call.characters > settings.mostHostCharacters) throw new Failure('Too much text in one call.')
      const number = call.asked
      send(`host\n${call.id}\n${number}\n${name}\n${text}`)
      return new Pending((resolve, reject) => (call.waiting[number] = { resolve, reject }))
    },
    reply(call: Current, incoming: Incoming): void {
      const waiting = call.waiting[incoming.number]
      if (waiting === undefined || call.isOver || call.id !== incoming.id) return
      delete call.waiting[incoming.number]
      if (!incoming.isAnswered) waiting.reject(new Failure(incoming.text))
      else waiting.resolve(incoming.text === '' ? undefined : parse(incoming.text))
    },
  }
}

/** Makes the two functions that the process holds: one takes handlers, one takes texts. */
function createDriver(send: (text: string) => void, settings: ShimSettings, parts: Parts) {
  const { parse, stringify } = JSON
  const { apply } = Reflect
  const { slice } = String.prototype
  const handlers: Record<string, Handler> = Object.create(null)
  const asking = parts.createAsking(send, settings)
  const clock = parts.createClock()
  parts.lockGlobals(settings.allowedGlobals)
  let current: Current | undefined

  const cut = (text: string) => apply(slice, text, [0, settings.mostMessageCharacters])

  const run = async (incoming: Incoming) => {
    const { id } = incoming
    if (current !== undefined) current.isOver = true
    const call: Current = { id, asked: 0, characters: 0, isOver: false, waiting: Object.create(null) }
    current = call
    clock.set(incoming.time, incoming.seed)
    let outcome: string
    try {
      const ask = (name: string, args: unknown[]) => asking.ask(call, name, args)
      const context = parts.createContext(incoming, settings, clock, ask)
      const text: unknown = stringify(await handlers[incoming.handler]?.(context)) ?? ''
      if (typeof text !== 'string') outcome = `failed\n${id}\ninvalid\nThe result is not JSON.`
      else if (text.length <= settings.mostResultCharacters) outcome = `done\n${id}\n${text}`
      else outcome = `failed\n${id}\ntoo-large\nThe result has ${text.length} characters.`
    } catch (thrown) {
      outcome = `failed\n${id}\nthrew\n${parts.describeThrown(thrown, cut)}`
    }
    call.isOver = true
    send(outcome)
  }

  return {
    register(file: string, handler: unknown): boolean {
      if (typeof handler !== 'function') return false
      handlers[file] = (context) => apply(handler, undefined, [context])
      return true
    },
    receive(text: string): void {
      const incoming: Incoming = parse(text)
      if (incoming.kind === 'call') void run(incoming)
      else if (current !== undefined) asking.reply(current, incoming)
    },
  }
}
