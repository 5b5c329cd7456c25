import Type, { type Static, type TSchema } from 'typebox'
import { commandHooks } from './command-hooks.ts'
import { gitHooks } from './git-hooks.ts'
import { memoryHooks } from './memory-hooks.ts'
import { isScheduleName, scheduleHooks } from './schedule-hooks.ts'

/**
 * How the listeners of a hook are asked; fixed by the hook, not by the listener.
 *
 * `series` observes. `waterfall` amends by JSON patch, one listener after the other. `bail` asks those of one
 * priority at once, and ends with the first priority of which somebody denies. `parallel` asks all at once and lists
 * what each returned.
 */
export type HookKind = 'series' | 'waterfall' | 'bail' | 'parallel'

/** One hook as the catalogue describes it. */
export interface HookDescription {
  readonly kind: HookKind
  /** Whether it may refuse; the user’s policy says what it means when a listener of a gate cannot be asked. */
  readonly gate: boolean
  readonly summary: string
  /** What listeners are given. */
  readonly input: TSchema
  /** Of a waterfall: the parts that a patch may touch, as JSON pointers. */
  readonly amends?: readonly string[]
  /** Why nobody is asked yet, in words; absent of a hook that is asked. */
  readonly notYet?: string
}

/** Every hook by its name; `<…>` stands for a name of its own. */
export const hooks = {
  ...gitHooks,
  ...memoryHooks,
  ...scheduleHooks,
  ...commandHooks,
} as const satisfies Record<string, HookDescription>

/** The routes that have a `before:` and an `after:`; whatever configures, mends or stops the daemon has none. */
export const hookedCommands = [
  'addRepository',
  'forgetRepository',
  'reindexRepository',
  'catchUp',
  'suggestions',
  'why',
  'related',
  'show',
  'timeline',
] as const

/** A route that has a `before:` and an `after:` of the common kind; `recall` and `context` have their own. */
export type HookedCommand = (typeof hookedCommands)[number]

type Catalogue = typeof hooks
type Plain = Exclude<keyof Catalogue, 'schedule:<name>' | 'before:<command>' | 'after:<command>'>

/** The name of a hook. */
export type HookName = Plain | `schedule:${string}` | `before:${HookedCommand}` | `after:${HookedCommand}`

/** What the listeners of a hook are given. */
export type HookInput<N extends HookName = HookName> = N extends Plain
  ? Static<Catalogue[N]['input']>
  : N extends `schedule:${string}`
    ? Static<Catalogue['schedule:<name>']['input']>
    : N extends `before:${string}`
      ? Static<Catalogue['before:<command>']['input']>
      : Static<Catalogue['after:<command>']['input']>

/** Something that a listener wants a person to know. */
export const Finding = Type.Object({
  message: Type.String({ minLength: 1, maxLength: 4096 }),
  severity: Type.Union([Type.Literal('info'), Type.Literal('warning'), Type.Literal('error')]),
  path: Type.Optional(Type.String({ maxLength: 4096 })),
  line: Type.Optional(Type.Integer({ minimum: 1 })),
  evidence: Type.Optional(
    Type.Array(Type.String({ maxLength: 4096 }), { maxItems: 100, description: 'Oids or addresses.' }),
  ),
  silence: Type.Optional(Type.String({ maxLength: 4096, description: 'How to silence it.' })),
})
export type Finding = Static<typeof Finding>

const decision = Type.Union([Type.Literal('allow'), Type.Literal('deny')])
const findings = Type.Optional(Type.Array(Finding, { maxItems: 1000 }))
const patch = Type.Array(Type.Unknown(), { maxItems: 1000, description: 'Operations of RFC 6902.' })

/** What a listener of a `bail` answers. */
const verdict = Type.Object({ decision, findings })

/** What a listener of a `waterfall` answers; only a gate may refuse. */
export const Amendment = Type.Object({
  patch: Type.Optional(patch),
  decision: Type.Optional(decision),
  findings,
})
export type Amendment = Static<typeof Amendment>

const amended = Type.Object({ patch: Type.Optional(patch) })
const anything = Type.Record(Type.String(), Type.Unknown())
const ignored = Type.Unknown()

/** Returns what a listener may answer; to answer nothing is always allowed. */
export function resultOf({ kind, gate }: Pick<HookDescription, 'kind' | 'gate'>): TSchema {
  switch (kind) {
    case 'series':
      return ignored
    case 'parallel':
      return anything
    case 'bail':
      return verdict
    case 'waterfall':
      return gate ? Amendment : amended
  }
}

/** Returns the name under which a hook stands in the catalogue; undefined when there is no such hook. */
export function templateOf(name: string): keyof Catalogue | undefined {
  const commands: readonly string[] = hookedCommands
  if (isListed(name)) return name.includes('<') ? undefined : name
  const [when, command = ''] = name.split(':')
  if (name !== `${when}:${command}`) return undefined
  if (when === 'schedule') return isScheduleName(command) ? 'schedule:<name>' : undefined
  if (!commands.includes(command)) return undefined
  if (when === 'before') return 'before:<command>'
  return when === 'after' ? 'after:<command>' : undefined
}

/** Says whether there is a hook of this name. */
export function isHookName(name: string): name is HookName {
  return templateOf(name) !== undefined
}

/** Returns what the catalogue says of a hook. */
export function hookOf(name: HookName): HookDescription {
  const template = templateOf(name)
  if (template === undefined) throw new Error(`There is no hook ${name}.`)
  return hooks[template]
}

function isListed(name: string): name is keyof Catalogue {
  return Object.hasOwn(hooks, name)
}

/** How it went with one listener. */
export interface HookResult {
  readonly listener: string
  /** `invalid`: it answered what the hook does not allow. `refused`: it was not asked, to end a loop. */
  readonly status: 'ok' | 'timeout' | 'failed' | 'invalid' | 'skipped' | 'refused'
  readonly ms: number
  /** Why it is not `ok`. Untrusted: may hold whatever a plugin says. */
  readonly message?: string
  /** What it decided, even where that does not count. */
  readonly decision?: 'allow' | 'deny'
  /** Whether it only reports. */
  readonly shadow?: boolean
  /** What it returned, when the hook is `parallel`. */
  readonly value?: unknown
}

/** What came of a hook. */
export interface HookOutcome<N extends HookName = HookName> {
  readonly hook: N
  readonly decision: 'allow' | 'deny'
  /** The listener that refused, or that the policy does not do without. */
  readonly deniedBy?: string
  /** After all patches. */
  readonly data: HookInput<N>
  readonly findings: readonly (Finding & { readonly listener: string; readonly shadow?: boolean })[]
  /** In the order in which they were asked; of a `parallel`, in the order of registration. */
  readonly results: readonly HookResult[]
}
