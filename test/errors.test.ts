import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { errorKinds } from '../contract/errors.ts'
import { errorsPage } from '../scripts/generate/errors.ts'
import { readSources } from './sources.ts'
import { commandProgram } from './programs.ts'

/** Codes that nothing throws yet, each waiting for the part that will. */
const reserved: readonly string[] = []

const codes = Object.keys(errorKinds)
const sources = readSources(['contract', 'daemon', 'plugins', 'native-workers', 'cli'])
const spoken = new Set(
  sources
    .filter(({ path }) => !/^contract\/([a-z]+-)?errors\.ts$/.test(path))
    .flatMap(({ texts }) => [...texts]),
)

test('the page of errors says what the table says', () => {
  expect(readFileSync('docs/reference/errors.md', 'utf8')).toBe(errorsPage())
})

test('every code is thrown somewhere, or is reserved', () => {
  expect(codes.filter((code) => !spoken.has(code) && !reserved.includes(code))).toEqual([])
})

test('no code stays reserved once something throws it', () => {
  expect(reserved.filter((code) => spoken.has(code) || !codes.includes(code))).toEqual([])
})

test('every hint is a sentence that says what to do', () => {
  for (const { hint } of Object.values(errorKinds)) expect(hint).toMatch(/^[A-Z`].*\.$/)
})

test('every exit code fits a process and none means success', () => {
  for (const { exit } of Object.values(errorKinds)) {
    expect(exit).toBeGreaterThan(0)
    expect(exit).toBeLessThan(256)
  }
})

test('every command that a hint names is a real one', async () => {
  const hints = Object.values(errorKinds).map(({ hint }) => hint)
  const commands = new Set(hints.flatMap((hint) => hint.match(/(?<=`)aios(?: [a-z-]+(?=[ `]))+/g) ?? []))
  expect(commands.size).toBeGreaterThan(0)
  for (const command of commands) expect(await usageOf(command)).toContain(command)
})

/** Returns the help of the command, which begins with its full name only when the command exists. */
async function usageOf(command: string): Promise<string> {
  const words = command.split(' ').slice(1)
  const { stdout } = await promisify(execFile)(process.execPath, [commandProgram, ...words, '--help'])
  return stdout
}
