/** The `aios` command: the only place that prints errors and ends the process. */
import { AiosError } from '../contract/errors.ts'
import { run } from './run.ts'
import { safeJson, sanitiseLines } from './sanitise.ts'
import { createTerminal, styled } from './terminal.ts'

const argv = process.argv.slice(2)
const interruption = new AbortController()

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    // Whoever asks twice does not want to wait for a tidy end.
    if (interruption.signal.aborted) process.exit(130)
    interruption.abort(new AiosError('command.interrupted', 'Interrupted.'))
  })
}

// Whoever reads us may have read enough, as `head` does.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
}

try {
  process.exitCode = await run(argv, process, interruption.signal)
} catch (error) {
  process.exitCode = report(interruption.signal.aborted ? interruption.signal.reason : error)
}

function report(error: unknown): number {
  const expected = error instanceof AiosError ? error : undefined
  const { exit, hint } = (expected ?? new AiosError('internal', '')).kind
  const message =
    expected?.message ?? (error instanceof Error ? (error.stack ?? error.message) : String(error))
  if (argv.includes('--json')) {
    const code = expected?.code ?? 'internal'
    process.stderr.write(`${safeJson({ schema: 'aios.error.v1', error: { code, message, hint } })}\n`)
    return exit
  }
  const terminal = createTerminal(process.stderr, 'auto', process.env)
  if (expected?.code === 'command.interrupted') return exit
  const [first = '', ...rest] = sanitiseLines(message)
  terminal.line(styled(['red', 'bold'], 'error'), ' ', first)
  for (const line of rest) terminal.line('  ', line)
  terminal.line(styled('cyan', 'hint'), '  ', hint)
  return exit
}
