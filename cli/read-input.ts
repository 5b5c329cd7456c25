import { stdin } from 'node:process'

/** Returns what stands on standard input; nothing when a person sits there. */
export async function readInput(): Promise<string> {
  if (stdin.isTTY) return ''
  const pieces: Buffer[] = []
  for await (const piece of stdin) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces).toString('utf8')
}
