import { createInterface } from 'node:readline/promises'
import { AiosError } from '../contract/errors.ts'
import type { Context } from './command.ts'

/** Asks a person who watches; where there is none, `--yes` must have been said. */
export async function confirm(question: string, { notes, signal }: Context): Promise<boolean> {
  if (!process.stdin.isTTY || !notes.isWatched) {
    throw new AiosError('command.usage', 'Nothing was changed: nobody is there to ask. Add --yes to do it.')
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const said = await lines.question(`${question} [y/N] `, { signal })
    return /^y(?:es)?$/i.test(said.trim())
  } finally {
    lines.close()
  }
}
