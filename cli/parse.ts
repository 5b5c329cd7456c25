import { Command as Parser, CommanderError, InvalidArgumentError, Option as ParserOption } from 'commander'
import { AiosError } from '../contract/errors.ts'
import type { Command, Group, Option, Typed } from './command.ts'
import { commanderName, firstWord, globalOptions, readGlobals, type Globals } from './globals.ts'

/** A command line, understood. */
export type Parsed =
  | { readonly shape: 'run'; readonly command: Command; readonly typed: Typed; readonly globals: Globals }
  | {
      readonly shape: 'help'
      readonly text: string
      /** Whether it was asked for, or is all that can be said of an unfinished command. */
      readonly wasAsked: boolean
    }

/** Stands before words that look like options and are none; no argument of a process can contain it. */
const shield = '\u0000'

/** Returns which command was meant, and with what; or the help that was asked for. */
export function parse(argv: readonly string[], known: readonly (Command | Group)[]): Parsed {
  const heard: { run?: Omit<Parsed & { shape: 'run' }, 'shape' | 'globals'>; text: string } = { text: '' }
  const root = parserFor('aios', 'Gives git repositories a memory.', (text) => (heard.text += text))
  for (const option of Object.values(globalOptions)) root.addOption(parserOption(option))
  root.addHelpText('after', '\nRun `aios help COMMAND` for what a command takes.')
  for (const one of known) {
    const onRun = (command: Command, typed: Typed) => (heard.run = { command, typed })
    root.addCommand(one.shape === 'command' ? parserOf(one, onRun) : parserOfGroup(one, onRun), {
      hidden: false,
    })
  }
  for (const parser of everyParser(root)) quieten(parser, (text) => (heard.text += text))

  let wasAsked = true
  try {
    root.parse(argv.map(shielded), { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    const isHelp = error.exitCode === 0 || error.code === 'commander.help'
    wasAsked = error.exitCode === 0
    if (!isHelp) throw new AiosError('command.usage', meant(argv, known) ?? sentence(error.message))
  }
  if (heard.run === undefined) return { shape: 'help', text: heard.text, wasAsked }
  return { shape: 'run', ...heard.run, globals: readGlobals(root.opts<Record<string, unknown>>()) }
}

function parserFor(name: string, summary: string, write: (text: string) => void): Parser {
  const parser = new Parser(name)
    .description(summary)
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
  quieten(parser, write)
  return parser
}

function quieten(parser: Parser, write: (text: string) => void): void {
  parser.exitOverride().configureOutput({ writeOut: write, writeErr: write })
}

type OnRun = (command: Command, typed: Typed) => void

function parserOf(command: Command, onRun: OnRun): Parser {
  const parser = parserFor(command.name, command.summary, () => {})
  for (const { name, summary } of command.arguments) parser.argument(name, summary)
  for (const option of Object.values(command.options)) parser.addOption(parserOption(option))
  const examples = command.examples.map((example) => `  ${example}`).join('\n')
  if (examples !== '') parser.addHelpText('after', `\nExamples:\n${examples}`)
  parser.action(() => {
    const given = parser.opts<Record<string, unknown>>()
    const values = Object.entries(command.options).map(([name, option]) => [
      name,
      given[commanderName(option)],
    ])
    onRun(command, { words: parser.args.map(unshielded), values: Object.fromEntries(values) })
  })
  return parser
}

function parserOfGroup(group: Group, onRun: OnRun): Parser {
  const parser = parserFor(group.name, group.summary, () => {})
  for (const command of group.commands) parser.addCommand(parserOf(command, onRun))
  return parser
}

function parserOption(option: Option): ParserOption {
  const made = new ParserOption(option.flags, option.summary)
  if (option.choices !== undefined) made.choices(option.choices).argParser(once(oneOf(option.choices)))
  if (option.kind === 'count') made.argParser(once(count))
  if (option.kind === 'text' && option.choices === undefined) made.argParser(once(unshielded))
  if (option.kind === 'list')
    made.argParser((word: string, list: string[] | undefined) => [...(list ?? []), unshielded(word)])
  return made
}

/** Two values of one option contradict each other, and to take the last would hide that. */
function once<T>(read: (word: string) => T): (word: string, before: T | undefined) => T {
  return (word, before) => {
    if (before !== undefined) throw new InvalidArgumentError('It was given before.')
    return read(word)
  }
}

function oneOf(choices: readonly string[]): (word: string) => string {
  return (word) => {
    if (choices.includes(word)) return word
    throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.`)
  }
}

function count(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a number.')
}

/** Marks words such as `-1 is returned`, which begin like an option but are a sentence. */
function shielded(word: string): string {
  return /^-[^=]*\s/.test(word) ? shield + word : word
}

function unshielded(word: string): string {
  return word.startsWith(shield) ? word.slice(1) : word
}

function everyParser(parser: Parser): Parser[] {
  return [parser, ...parser.commands.flatMap(everyParser)]
}

/** Returns what is wrong with a first word that names a command of a group only; undefined when it does not. */
function meant(argv: readonly string[], known: readonly (Command | Group)[]): string | undefined {
  const word = firstWord(argv)
  if (known.some(({ name }) => name === word)) return undefined
  const groups = known.filter(
    (one) => one.shape === 'group' && one.commands.some(({ name }) => name === word),
  )
  if (groups.length === 0) return undefined
  return `Unknown command '${word}'; did you mean ${either(groups.map(({ name }) => `aios ${name} ${word}`))}?`
}

function either(commands: readonly string[]): string {
  return new Intl.ListFormat('en', { type: 'disjunction' }).format(commands.map((one) => `\`${one}\``))
}

/** Returns commander's message as a sentence of ours. */
function sentence(message: string): string {
  const text = message
    .replace(/^error: /, '')
    .replace(
      /\n\(Did you mean (?:one of )?(.+)\?\)$/,
      (_match, names: string) => `; did you mean ${either(names.split(', '))}?`,
    )
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.?]$/.test(text) ? '' : '.')
}
