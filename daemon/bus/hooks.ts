import { randomUUID } from 'node:crypto'
import type { HookInput, HookName, HookOutcome } from '../../contract/hooks.ts'
import { withDeadline } from './deadline.ts'
import { concerning, type Concerns, type HookFilter } from './hook-filter.ts'
import { policyFor, type HookPolicy } from './hook-policy.ts'
import { isInputOf, rulesOf } from './hook-rules.ts'
import { runTurns, type Reply, type Turn } from './hook-run.ts'
import { frozen } from './json-value.ts'

/** Who is asked when a hook runs; built-in or a plugin, the bus knows no difference. */
export interface Listener {
  readonly id: string
  /** Higher is asked first; 0 when absent. */
  readonly priority?: number
  /** Whether it is asked at most once. */
  readonly once?: boolean
  readonly filter?: HookFilter
  readonly timeoutMs?: number
  /** A `shadow` reports, and never decides or amends. */
  readonly mode?: 'enforce' | 'shadow'
  /** The signal is aborted at the deadline; what comes later is ignored. */
  handle(call: HookCall, signal: AbortSignal): Promise<unknown>
}

/** What a listener is asked with. */
export interface HookCall {
  /** The same for all listeners of one run. */
  readonly id: string
  readonly hook: HookName
  /** Frozen; as amended by the listeners before. */
  readonly data: unknown
  /** Milliseconds since the epoch. */
  readonly time: number
  /** How many runs this one is inside of. */
  readonly depth: number
  /** The listeners that led here, this one last. */
  readonly chain: readonly string[]
}

/** A listener as it is registered. */
export interface RegisteredListener extends Omit<Listener, 'handle'> {
  readonly hook: HookName
}

/**
 * Asks listeners. None of them can break a run: who fails, is late or answers wrongly is recorded, and the rest
 * are asked all the same.
 */
export interface HookBus {
  /** Returns how to unregister. */
  register(hook: HookName, listener: Listener): () => void
  /**
   * Asks the listeners of a hook.
   *
   * Fails only when the signal is aborted. Costs next to nothing when nobody listens.
   */
  run<N extends HookName>(
    hook: N,
    data: HookInput<N>,
    signal: AbortSignal,
    options?: RunOptions,
  ): Promise<HookOutcome<N>>
  /** Says whether anybody listens, for whom the data is dear to make. */
  isHeard(hook: HookName): boolean
  /** Calls back whenever somebody came or went, before they are asked; returns how to end that. */
  onRegistered(listener: () => void): () => void
  /** Returns every listener, by hook, in the order in which they are asked. */
  listeners(): RegisteredListener[]
}

/** What a run may be told besides. */
export interface RunOptions {
  /** The call that led to it, so that loops end. */
  readonly parent?: HookCall | undefined
  /** Ids of listeners that are not to be asked, or of the plugins that they belong to. */
  readonly skip?: readonly string[]
}

/** What the bus is made of. */
export interface HookBusParts {
  /** Asked anew at each run. */
  readonly policy: () => HookPolicy
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Told of each run in which somebody was asked. */
  readonly onRecord: (outcome: HookOutcome, call: Omit<HookCall, 'data'>) => void
}

/** Runs inside runs; more of them are a loop. */
const mostDepth = 4

/** A listener in its place. */
interface Entry {
  readonly listener: Listener
  readonly concerns: Concerns
  /** Whether it is not to be asked any more. */
  isGone: boolean
}

/** What a run is made of. */
interface Asking extends HookBusParts {
  readonly call: Omit<HookCall, 'data'>
  readonly signal: AbortSignal
  readonly skip: ReadonlySet<string>
  readonly remove: (entry: Entry) => void
}

/** Creates a bus without listeners. */
export function createHookBus(parts: HookBusParts): HookBus {
  /** By hook, in the order of registration. Replaced as a whole, so that a run keeps the list it began with. */
  const registered = new Map<HookName, readonly Entry[]>()
  const watchers = new Set<() => void>()
  const changed = () => {
    for (const watcher of watchers) watcher()
  }

  function remove(hook: HookName, entry: Entry): void {
    entry.isGone = true
    const left = (registered.get(hook) ?? []).filter((other) => other !== entry)
    if (left.length > 0) registered.set(hook, left)
    else registered.delete(hook)
    changed()
  }

  return {
    register(hook, listener) {
      const entry = { listener, concerns: concerning(listener.filter), isGone: false }
      // Made here rather than in the first run, which somebody waits for.
      rulesOf(hook)
      registered.set(hook, [...(registered.get(hook) ?? []), entry])
      changed()
      return () => remove(hook, entry)
    },

    run(hook, data, signal, { parent, skip = [] } = {}) {
      const entries = registered.get(hook)
      if (entries === undefined) {
        return Promise.resolve({ hook, decision: 'allow', data, findings: [], results: [] })
      }
      const depth = parent === undefined ? 0 : parent.depth + 1
      const call = { id: randomUUID(), hook, time: parts.now(), depth, chain: parent?.chain ?? [] }
      const asking = { ...parts, call, signal, skip: new Set(skip) }
      return ask(entries, hook, data, { ...asking, remove: (entry) => remove(hook, entry) })
    },

    isHeard: (hook) => registered.has(hook),

    onRegistered(listener) {
      watchers.add(listener)
      return () => void watchers.delete(listener)
    },

    listeners: () =>
      [...registered].flatMap(([hook, entries]) =>
        byPriority(entries).map(({ listener }) => ({ ...describe(listener), hook })),
      ),
  }
}

async function ask<N extends HookName>(
  entries: readonly Entry[],
  hook: N,
  data: HookInput<N>,
  asking: Asking,
): Promise<HookOutcome<N>> {
  const rules = rulesOf(hook)
  const inOrder = rules.hook.kind === 'parallel' ? entries : byPriority(entries)
  const turns = inOrder.map((entry) => turnOf(entry, asking))
  const given = frozen(structuredClone(data))
  const run = await runTurns(turns, given, rules)
  const amended: unknown = run.data === given ? undefined : structuredClone(run.data)
  const outcome: HookOutcome<N> = {
    hook,
    decision: run.deniedBy === undefined ? 'allow' : 'deny',
    ...(run.deniedBy === undefined ? {} : { deniedBy: run.deniedBy }),
    data: isInputOf(hook, amended) ? amended : data,
    findings: run.findings,
    results: run.results,
  }
  if (run.results.length > 0) asking.onRecord(outcome, asking.call)
  return outcome
}

function turnOf(entry: Entry, { call, signal, skip, policy, remove }: Asking): Turn {
  const { id, once = false, mode, priority = 0, timeoutMs: wanted } = entry.listener
  const { onFailure, timeoutMs } = policyFor(id, wanted, policy())
  return {
    listener: id,
    priority,
    isShadow: mode === 'shadow',
    isRequired: onFailure === 'deny',
    async take(data): Promise<Reply | undefined> {
      if (entry.isGone || isSkipped(id, skip) || !entry.concerns(data)) return undefined
      const loop = loopOf(id, call)
      if (loop !== undefined) return { status: 'refused', ms: 0, message: loop }
      // Before it is asked: at the next await another run may come to it.
      if (once) remove(entry)
      const own = { ...call, data, chain: [...call.chain, id] }
      return withDeadline((ending) => entry.listener.handle(own, ending), timeoutMs, signal)
    },
  }
}

/** A plugin that was approved for one repository is named `plugin@repository`. */
function isSkipped(id: string, skip: ReadonlySet<string>): boolean {
  return skip.has(id) || skip.has(id.split('@', 1)[0] ?? id)
}

/** Sorting is stable, so equals stay in the order of registration. */
function byPriority(entries: readonly Entry[]): readonly Entry[] {
  return entries.toSorted((a, b) => (b.listener.priority ?? 0) - (a.listener.priority ?? 0))
}

/** Returns why asking a listener would be a loop; undefined when it would not. */
function loopOf(id: string, { chain, depth }: Pick<HookCall, 'chain' | 'depth'>): string | undefined {
  if (chain.includes(id)) return 'would be asked because of itself'
  return depth > mostDepth ? `stands in more than ${mostDepth} runs inside each other` : undefined
}

function describe({ handle: _handle, ...described }: Listener): Omit<Listener, 'handle'> {
  return described
}
