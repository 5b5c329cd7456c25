import { isDeepStrictEqual } from 'node:util'
import { isPlainName, weightOf } from './json-value.ts'

/** Bytes that one patch may add: what is copied again and again doubles each time. */
const mostAdded = 4 * 1024 * 1024

/** Why a patch was not applied. */
export class BadPatch extends Error {
  override readonly name = 'BadPatch'
}

/**
 * Returns the value after a patch of RFC 6902; throws `BadPatch` when any of it cannot be done.
 *
 * The value itself is not changed. Only what lies at or below the `amends` pointers may be touched, and no
 * operation reaches a prototype.
 */
export function applyPatch(value: unknown, patch: readonly unknown[], amends: readonly string[]): unknown {
  const root: Root = { value: structuredClone(value), left: mostAdded }
  for (const step of patch) apply(root, readOperation(step), amends)
  return root.value
}

/** What is being patched, and the bytes that may still be added to it. */
interface Root {
  value: unknown
  left: number
}

type Operation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly path: string; readonly from: string }

function readOperation(step: unknown): Operation {
  const { op, path, from, value } = membersOf(step)
  if (typeof path !== 'string') throw new BadPatch('An operation has no path.')
  if (op === 'remove') return { op, path }
  if (op === 'move' || op === 'copy') {
    if (typeof from === 'string') return { op, path, from }
    throw new BadPatch(`The operation ${op} has no \`from\`.`)
  }
  if (op !== 'add' && op !== 'replace' && op !== 'test')
    throw new BadPatch('An operation is not of RFC 6902.')
  if (value === undefined) throw new BadPatch(`The operation ${op} has no value.`)
  return { op, path, value }
}

function membersOf(step: unknown): Readonly<Record<string, unknown>> {
  if (typeof step !== 'object' || step === null) throw new BadPatch('An operation is no object.')
  return { ...step }
}

function apply(root: Root, operation: Operation, amends: readonly string[]): void {
  const { path } = operation
  const tokens = tokensOf(path)
  if (operation.op === 'test') return expectAt(root, tokens, operation.value)
  checkReach(path, amends)
  switch (operation.op) {
    case 'add':
      return add(root, tokens, taken(root, operation.value))
    case 'replace':
      return replace(root, tokens, taken(root, operation.value))
    case 'remove':
      return void remove(root, tokens)
    case 'copy':
      return add(root, tokens, taken(root, read(root.value, tokensOf(operation.from))))
    case 'move':
      checkReach(operation.from, amends)
      if (path.startsWith(`${operation.from}/`)) throw new BadPatch(`${path} cannot move into itself.`)
      return add(root, tokens, remove(root, tokensOf(operation.from)))
  }
}

function expectAt({ value }: Root, tokens: readonly string[], expected: unknown): void {
  if (!isDeepStrictEqual(read(value, tokens), expected))
    throw new BadPatch(`What is at /${tokens.join('/')} is not what the patch expects.`)
}

function checkReach(path: string, amends: readonly string[]): void {
  if (amends.some((pointer) => path === pointer || path.startsWith(`${pointer}/`))) return
  throw new BadPatch(`${path === '' ? 'The whole' : path} is not to be changed; only ${amends.join(', ')}.`)
}

/** Returns a copy of a value that is to be added, and counts it. */
function taken(root: Root, value: unknown): unknown {
  const weight = weightOf(value, root.left)
  if (weight === undefined) throw new BadPatch('A value is no plain JSON, or too large.')
  root.left -= weight
  return structuredClone(value)
}

function tokensOf(path: string): string[] {
  if (path === '') return []
  if (!path.startsWith('/') || /~(?![01])/.test(path)) throw new BadPatch(`${path} is no JSON pointer.`)
  const tokens = path
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
  if (tokens.every(isPlainName)) return tokens
  throw new BadPatch(`${path} leads to a prototype.`)
}

function read(value: unknown, tokens: readonly string[]): unknown {
  let here = value
  for (const token of tokens) {
    const list = listOf(here)
    if (list !== undefined) here = list[indexOf(token, list.length - 1)]
    else if (isRecord(here) && Object.hasOwn(here, token)) here = here[token]
    else throw missing(tokens)
  }
  return here
}

function add(root: Root, tokens: readonly string[], value: unknown): void {
  const [place, last] = placeOf(root, tokens)
  if (last === undefined) return void (root.value = value)
  const list = listOf(place)
  if (list !== undefined) list.splice(last === '-' ? list.length : indexOf(last, list.length), 0, value)
  else if (isRecord(place)) place[last] = value
  else throw missing(tokens)
}

function replace(root: Root, tokens: readonly string[], value: unknown): void {
  read(root.value, tokens)
  const [place, last] = placeOf(root, tokens)
  if (last === undefined) return void (root.value = value)
  const list = listOf(place)
  if (list !== undefined) list[indexOf(last, list.length - 1)] = value
  else if (isRecord(place)) place[last] = value
}

function remove(root: Root, tokens: readonly string[]): unknown {
  const gone = read(root.value, tokens)
  const [place, last] = placeOf(root, tokens)
  if (last === undefined) throw new BadPatch('The whole cannot be removed.')
  const list = listOf(place)
  if (list !== undefined) list.splice(indexOf(last, list.length - 1), 1)
  else if (isRecord(place)) delete place[last]
  return gone
}

function placeOf(root: Root, tokens: readonly string[]): [place: unknown, last: string | undefined] {
  return [read(root.value, tokens.slice(0, -1)), tokens.at(-1)]
}

function indexOf(token: string, most: number): number {
  const index = /^(?:0|[1-9]\d{0,8})$/.test(token) ? Number(token) : Infinity
  if (index > most) throw new BadPatch(`There is no place ${token} in the list.`)
  return index
}

function missing(tokens: readonly string[]): BadPatch {
  return new BadPatch(`There is nothing at /${tokens.join('/')}.`)
}

function listOf(value: unknown): unknown[] | undefined {
  return Array.isArray(value) ? value : undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
