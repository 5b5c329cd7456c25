import type { StateFolders } from '../contract/state.ts'
import type { Client } from './client.ts'
import type { Outcome } from './outcome.ts'
import type { Terminal } from './terminal.ts'

/** An option of a command: `flags` as in `-n, --limit <count>`. */
export interface Option {
  readonly kind: 'text' | 'count' | 'flag' | 'list'
  readonly flags: string
  readonly summary: string
  /** The only values it takes. */
  readonly choices?: readonly string[]
}

/** The options of a command by the name that `run` knows them by. */
export type Options = Readonly<Record<string, Option>>

/** What was given for an option. */
type ValueOf<O extends Option> = O['kind'] extends 'flag'
  ? boolean
  : O['kind'] extends 'list'
    ? readonly string[]
    : O['kind'] extends 'count'
      ? number | undefined
      : string | undefined

/** What was given for each option. */
export type ValuesOf<O extends Options> = { readonly [N in keyof O]: ValueOf<O[N]> }

/** The words that follow a command: `<name>`, `[name]`, with `...` for many. */
interface Argument {
  readonly name: string
  readonly summary: string
}

/** What a command has to work with. */
export interface Context {
  /** Where the command was started, or what `-C` says. Absolute. */
  readonly directory: string
  /** The repository that is asked about: `--repo`, else the one around the directory. */
  readonly repository: string
  readonly folders: StateFolders
  readonly environment: NodeJS.ProcessEnv
  readonly verbosity: 'quiet' | 'normal' | 'verbose'
  readonly mayStart: boolean
  readonly wantsJson: boolean
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
  /** For what is not data: progress and remarks, on stderr. */
  readonly notes: Terminal
  warn(message: string): void
  /** Returns every command there is. */
  commands(): Promise<readonly (Command | Group)[]>
  /** Returns a client for the daemon, which is started when none runs. */
  connect(): Promise<Client>
}

/** What was typed, before anybody knows what it means. */
export interface Typed {
  readonly words: readonly string[]
  readonly values: Readonly<Record<string, unknown>>
}

/** One command, ready to run. */
export interface Command {
  readonly shape: 'command'
  readonly name: string
  readonly summary: string
  readonly arguments: readonly Argument[]
  readonly options: Options
  readonly examples: readonly string[]
  run(context: Context, typed: Typed): Promise<Outcome>
}

/** Commands of one subject: `aios repo …`. */
export interface Group {
  readonly shape: 'group'
  readonly name: string
  readonly summary: string
  readonly commands: readonly Command[]
}

/** What a command is made of. `run` gets words and options as values of their types. */
export interface Definition<O extends Options> {
  readonly name: string
  readonly summary: string
  readonly arguments?: readonly Argument[]
  readonly options?: O
  readonly examples?: readonly string[]
  run(context: Context, words: readonly string[], values: ValuesOf<O>): Promise<Outcome>
}

/** Creates a command. */
export function command<const O extends Options = Record<never, Option>>(definition: Definition<O>): Command {
  const { name, summary, arguments: words = [], examples = [] } = definition
  const options: Options = definition.options ?? {}
  return {
    shape: 'command',
    name,
    summary,
    arguments: words,
    options,
    examples,
    async run(context, typed) {
      const values = Object.fromEntries(
        Object.entries(options).map(([key, { kind }]) => [key, valueOf(kind, typed.values[key])]),
      )
      if (!isValues<O>(values, options))
        throw new TypeError(`The options of ${name} do not fit its definition.`)
      return definition.run(context, typed.words, values)
    },
  }
}

/** Creates a group of commands. */
export function group(name: string, summary: string, commands: readonly Command[]): Group {
  return { shape: 'group', name, summary, commands }
}

function valueOf(kind: Option['kind'], given: unknown): unknown {
  if (kind === 'flag') return given === true
  return kind === 'list' ? (given ?? []) : given
}

function isValues<O extends Options>(
  values: Record<string, unknown>,
  options: Options,
): values is ValuesOf<O> {
  const types = { flag: 'boolean', text: 'string', count: 'number' }
  return Object.entries(options).every(([name, { kind }]) => {
    const value = values[name]
    if (kind === 'list') return Array.isArray(value)
    return typeof value === types[kind] || (value === undefined && kind !== 'flag')
  })
}
