import type { Outcome } from './outcome.ts'
import { safeJson } from './sanitise.ts'
import type { Screen, Terminal } from './terminal.ts'

/** Where and how an outcome is printed. */
export interface Output {
  readonly json: boolean
  readonly warnings: readonly string[]
  readonly terminal: Terminal
  readonly screen: Screen
}

/** Prints the outcome and returns the exit code: for people, or as one JSON object, or one a line for streams. */
export async function printOutcome(
  outcome: Outcome,
  { json, warnings, terminal, screen }: Output,
): Promise<number> {
  if (outcome.shape === 'items') {
    if (!json) await outcome.print(terminal)
    else for await (const item of outcome.items) screen.write(`${safeJson(item)}\n`)
    return 0
  }
  if (json) screen.write(`${safeJson({ schema: outcome.schema, data: outcome.data, warnings }, 2)}\n`)
  else outcome.print(terminal)
  return outcome.exit
}
