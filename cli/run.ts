import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { AiosError } from '../contract/errors.ts'
import { stateFolders } from '../contract/state.ts'
import type { Client } from './client.ts'
import type { Command, Context, Group } from './command.ts'
import { firstWord, type Globals } from './globals.ts'
import { parse } from './parse.ts'
import { printOutcome } from './output.ts'
import { repositoryName } from './repository-name.ts'
import { createTerminal, type Screen } from './terminal.ts'
import { branch, branches } from './tree.ts'

/** The part of a process that a command meets. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv
  readonly stdout: Screen
  readonly stderr: Screen
  cwd(): string
}

/** Does what the command line says and returns the exit code; failures are thrown. */
export async function run(
  argv: readonly string[],
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<number> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    const { version } = await import('./version.ts')
    surroundings.stdout.write(`${version()}\n`)
    return 0
  }
  const words = asHelp(argv)
  const name = firstWord(words)
  const meant = name === undefined ? undefined : await branch(name)
  const known: readonly (Command | Group)[] = meant === undefined ? await branches() : [meant]
  const parsed = parse(words, known)
  if (parsed.shape === 'help') {
    const screen = parsed.wasAsked ? surroundings.stdout : surroundings.stderr
    screen.write(parsed.text)
    return parsed.wasAsked ? 0 : 2
  }
  const { command, typed, globals } = parsed
  const { context, close, warnings } = open(globals, surroundings, signal)
  try {
    const outcome = await command.run(context, typed)
    const terminal = createTerminal(surroundings.stdout, globals.color, surroundings.env)
    return await printOutcome(outcome, {
      json: globals.json,
      warnings,
      terminal,
      screen: surroundings.stdout,
    })
  } finally {
    close()
  }
}

/** Returns `aios help recall` as `aios recall --help`. */
function asHelp(argv: readonly string[]): readonly string[] {
  if (argv.length === 0) return ['--help']
  return argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv
}

function open(
  globals: Globals,
  surroundings: Surroundings,
  signal: AbortSignal,
): { context: Context; close: () => void; warnings: string[] } {
  const { env, stderr } = surroundings
  const directory = resolve(surroundings.cwd(), globals.directory ?? '.')
  if (
    globals.directory !== undefined &&
    statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true
  ) {
    throw new AiosError('repository.not-found', `There is no folder ${directory}.`)
  }
  const notes = createTerminal(stderr, globals.color, env)
  const warnings: string[] = []
  const clients: Client[] = []
  const folders = stateFolders(env)
  const warn = (message: string) => {
    warnings.push(message)
    if (!globals.json) notes.line({ style: 'yellow', text: 'warning' }, ' ', message)
  }
  const context: Context = {
    directory,
    repository: repositoryName(globals.repository ?? '.', directory),
    folders,
    environment: env,
    verbosity: globals.verbosity,
    mayStart: globals.mayStart,
    wantsJson: globals.json,
    signal,
    notes,
    warn,
    commands: branches,
    async connect() {
      const { connect } = await import('./connect.ts')
      const onStart = () => {
        if (notes.isWatched && !globals.json && globals.verbosity !== 'quiet')
          notes.line({ style: 'dim', text: 'starting the daemon …' })
      }
      const reach = { folders, environment: env, mayStart: globals.mayStart, warn, onStart }
      const client = await connect(reach, signal)
      clients.push(client)
      if (globals.verbosity === 'verbose') notes.line({ style: 'dim', text: `asking ${client.socket}` })
      return client
    },
  }
  return { context, warnings, close: () => clients.forEach((client) => client.close()) }
}
