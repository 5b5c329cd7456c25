import { createScanner, parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser'
import type { Entry } from './agents.ts'
import type { Settings } from './settings.ts'

/**
 * Settings in JSON, with comments and trailing commas where their owner has put some.
 *
 * The places come from jsonc-parser; its own `modify` would take a comment behind the last entry along.
 */
export const jsonSettings: Settings = {
  parse: (text) => valueOf(rootOf(text)),
  add(text, keys, name, entry) {
    const style = styleOf(text)
    if (text.trim() === '') return `${nested({ keys, name, entry }, style, '')}${style.eol}`
    let object = rootOf(text)
    let left = [...keys]
    for (let inner = memberOf(object, left[0]); inner?.type === 'object'; inner = memberOf(object, left[0])) {
      object = inner
      left = left.slice(1)
    }
    const [first, ...rest] = [...left, name]
    const value = rest.reduceRight<unknown>((inner, key) => ({ [key]: inner }), entry)
    return first === undefined ? text : insert(text, object, first, value, style)
  },
  remove(text, keys, name) {
    let object: Node | undefined = rootOf(text)
    for (const key of keys) object = object && memberOf(object, key)
    const property = object && propertyOf(object, name)
    return property === undefined || object === undefined ? text : cut(text, object, property)
  },
}

/** How the file is written: its indentation and its line ends. */
interface Style {
  readonly unit: string
  readonly eol: string
  /** Whether all of it stands on one line. */
  readonly isDense: boolean
}

function styleOf(text: string): Style {
  const unit = /\{[^\n{}"]*\r?\n([ \t]+)"/.exec(text)?.[1] ?? '  '
  const isDense = !text.trim().includes('\n') && !/^\s*(?:\{\s*\})?\s*$/.test(text)
  return { unit, eol: text.includes('\r\n') ? '\r\n' : '\n', isDense }
}

function rootOf(text: string): Node {
  const errors: ParseError[] = []
  const source = text.trim() === '' ? '{}' : text
  const root = parseTree(source, errors, { allowTrailingComma: true })
  const [error] = errors
  if (error !== undefined) {
    const before = text.slice(0, error.offset).split('\n')
    const what = printParseErrorCode(error.error)
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase()
    throw new Error(`line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}: ${what}`)
  }
  if (root?.type !== 'object') throw new Error('it is not an object')
  return root
}

/** Of two members of the same name the last one counts, as it does for who reads the file. */
function propertyOf(object: Node, name: string | undefined): Node | undefined {
  return object.children?.findLast(({ children }) => children?.[0]?.value === name)
}

function memberOf(object: Node, name: string | undefined): Node | undefined {
  return propertyOf(object, name)?.children?.[1]
}

function valueOf(node: Node | undefined): unknown {
  if (node?.type === 'array') return (node.children ?? []).map(valueOf)
  if (node?.type !== 'object') return node?.value
  const members = (node.children ?? []).map(({ children = [] }) => [
    String(children[0]?.value),
    valueOf(children[1]),
  ])
  return Object.fromEntries(members)
}

function nested(
  { keys, name, entry }: { keys: readonly string[]; name: string; entry: Entry },
  style: Style,
  base: string,
): string {
  const value = [...keys, name].reduceRight<unknown>((inner, key) => ({ [key]: inner }), entry)
  return written(value, style, base)
}

/** Returns the value as JSON whose lines behind the first begin with the base. */
function written(value: unknown, { unit, eol }: Style, base: string): string {
  return JSON.stringify(value, undefined, unit).replaceAll('\n', `${eol}${base}`)
}

function insert(text: string, object: Node, name: string, value: unknown, style: Style): string {
  const close = object.offset + object.length - 1
  const last = object.children?.at(-1)
  const inner = text.slice(object.offset + 1, close)
  if (style.isDense) {
    const member = `${JSON.stringify(name)}:${JSON.stringify(value)}`
    const from = last === undefined ? object.offset + 1 : last.offset + last.length
    return text.slice(0, from) + (last === undefined ? member : `,${member}`) + text.slice(from)
  }
  const base = indentationAt(text, object.offset)
  const first = object.children?.[0]
  const indent =
    first !== undefined && isFirstOnLine(text, first.offset)
      ? indentationAt(text, first.offset)
      : base + style.unit
  const member = `${JSON.stringify(name)}: ${written(value, style, indent)}`
  const from = last === undefined ? object.offset + 1 : last.offset + last.length
  const tail = text.slice(from, close)
  const kept = tail.trimEnd()
  const comma = last === undefined ? undefined : commaIn(text, from, close)
  const end = inner.includes('\n') ? tail.slice(kept.length) : `${style.eol}${base}`
  return [
    text.slice(0, from),
    last === undefined || comma !== undefined ? '' : ',',
    kept,
    `${style.eol}${indent}${member}`,
    comma === undefined ? '' : ',',
    end,
    text.slice(close),
  ].join('')
}

/** Takes a member out, with the comma that parts it from another, and its line when nothing else stands there. */
function cut(text: string, object: Node, property: Node): string {
  const close = object.offset + object.length - 1
  const end = property.offset + property.length
  const after = commaIn(text, end, close)
  const members = object.children ?? []
  const before = members[members.indexOf(property) - 1]
  let from = property.offset
  let to = after === undefined ? end : after + 1
  const lineStart = text.lastIndexOf('\n', from - 1) + 1
  const lineEnd = /^[ \t]*\r?\n/.exec(text.slice(to))?.[0].length
  if (lineEnd !== undefined && text.slice(lineStart, from).trim() === '') {
    from = lineStart
    to += lineEnd
  }
  const parting =
    before === undefined ? undefined : commaIn(text, before.offset + before.length, property.offset)
  if (after !== undefined || parting === undefined) return text.slice(0, from) + text.slice(to)
  return text.slice(0, parting) + text.slice(parting + 1, from) + text.slice(to)
}

/** Returns where the next comma stands, if nothing but space and comments stands before it. */
function commaIn(text: string, from: number, to: number): number | undefined {
  const scanner = createScanner(text.slice(from, to), true)
  scanner.scan()
  const place = from + scanner.getTokenOffset()
  return place < to && text[place] === ',' ? place : undefined
}

function isFirstOnLine(text: string, offset: number): boolean {
  return text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset).trim() === ''
}

function indentationAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', offset - 1) + 1))?.[0] ?? ''
}
