import { AiosError } from '../contract/errors.ts'
import type { Option, Options } from './command.ts'
import type { ColorChoice } from './terminal.ts'

/** What every command understands. */
export interface Globals {
  readonly json: boolean
  readonly directory: string | undefined
  readonly repository: string | undefined
  readonly mayStart: boolean
  readonly color: ColorChoice
  readonly verbosity: 'quiet' | 'normal' | 'verbose'
}

/** The options that every command understands. */
export const globalOptions = {
  json: {
    kind: 'flag',
    flags: '--json',
    summary: 'print one JSON object, or one a line where answers stream',
  },
  directory: { kind: 'text', flags: '-C, --directory <dir>', summary: 'act as if started there' },
  repository: {
    kind: 'text',
    flags: '--repo <id>',
    summary: 'ask about this repository: its id or a path in it',
  },
  noDaemon: { kind: 'flag', flags: '--no-daemon', summary: 'fail instead of starting the daemon' },
  color: {
    kind: 'text',
    flags: '--color <when>',
    summary: 'use colours',
    choices: ['auto', 'always', 'never'],
  },
  quiet: { kind: 'flag', flags: '-q, --quiet', summary: 'print data and errors only' },
  verbose: { kind: 'flag', flags: '-v, --verbose', summary: 'say more about what is done' },
} as const satisfies Options

/** Returns the name under which commander keeps an option: of `-C, --directory <dir>`, `directory`. */
export function commanderName({ flags }: Option): string {
  const long = /--(?:no-)?([a-z-]+)/.exec(flags)?.[1] ?? flags
  return long.replace(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase())
}

/** Returns the first word that is neither an option nor the value of one. */
export function firstWord(argv: readonly string[]): string | undefined {
  return argv.find((word, at) => !word.startsWith('-') && !takesWord(argv[at - 1] ?? ''))
}

/** Says whether the option takes a word when it stands there alone, as `-C dir` does and `--json` does not. */
function takesWord(word: string): boolean {
  const option = Object.values(globalOptions).find(({ flags }) => flags.split(/[ ,]+/).includes(word))
  return option?.kind === 'text'
}

/** Returns what was typed for all commands. */
export function readGlobals(given: Readonly<Record<string, unknown>>): Globals {
  const text = (name: string) => (typeof given[name] === 'string' ? given[name] : undefined)
  const color = text('color') ?? 'auto'
  if (!isColorChoice(color)) throw new AiosError('command.usage', `--color takes auto, always or never.`)
  const verbose = given['verbose'] === true ? 'verbose' : 'normal'
  return {
    json: given['json'] === true,
    directory: text('directory'),
    repository: text('repo'),
    mayStart: given['daemon'] !== false,
    color,
    verbosity: given['quiet'] === true ? 'quiet' : verbose,
  }
}

function isColorChoice(text: string): text is ColorChoice {
  return text === 'auto' || text === 'always' || text === 'never'
}
