import { parse, stringify } from 'smol-toml'
import { at, isObject } from './agents.ts'
import type { Settings } from './settings.ts'

/** Settings in TOML. An entry is a table of its own at the end of the file, which moves nothing else. */
export const tomlSettings: Settings = {
  parse: (text) => plain(parse(text, { integersAsBigInt: 'asNeeded' })),
  add(text, keys, name, entry) {
    const eol = text.includes('\r\n') ? '\r\n' : '\n'
    const head = `[${[...keys, name].map(keyOf).join('.')}]`
    const lines = Object.entries(entry).map(([key, value]) => `${keyOf(key)} = ${inline(value)}`)
    const gap = text === '' || text.endsWith('\n\n') || text.endsWith('\r\n\r\n') ? '' : eol
    const end = text === '' || text.endsWith('\n') ? '' : eol
    return text + end + gap + [head, ...lines, ''].join(eol)
  },
  remove(text, keys, name) {
    const heads = headsOf(text)
    const spans = heads.flatMap(({ from, line }, index) => {
      if (!isObject(at(parsed(line), ...keys, name))) return []
      const next = heads[index + 1]?.from ?? text.length
      return [{ from, to: from + lengthWithoutRemarks(text.slice(from, next)) }]
    })
    return spans.reduceRight((rest, { from, to }) => {
      const before = rest.slice(0, from).replace(/(\r?\n)[ \t]*\r?\n$/, '$1')
      return before + rest.slice(to)
    }, text)
  },
}

/** Tables come without a prototype, and would be equal to nothing of ours. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (!isObject(value) || Object.getPrototypeOf(value) !== null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]))
}

function keyOf(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key)
}

/** Returns a value on one line. */
function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`
  if (!isObject(value))
    return stringify({ value })
      .replace(/^value = /, '')
      .trim()
  const members = Object.entries(value).map(([key, member]) => `${keyOf(key)} = ${inline(member)}`)
  return `{ ${members.join(', ')} }`
}

/** The head of a table: where its line begins, and the line. */
interface Head {
  readonly from: number
  readonly line: string
}

/** Strings of several lines and arrays may hold lines that look like heads; they are passed over whole. */
const passed = /"""[\s\S]*?"""+|'''[\s\S]*?'''+|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|#[^\n]*/y

function headsOf(text: string): Head[] {
  const heads: Head[] = []
  let depth = 0
  let isLineStart = true
  for (let index = 0; index < text.length;) {
    const sign = text[index]
    if (isLineStart && depth === 0 && sign === '[') {
      const from = text.lastIndexOf('\n', index - 1) + 1
      const end = text.indexOf('\n', index)
      const line = text.slice(index, end === -1 ? text.length : end)
      heads.push({ from, line })
      index += line.length
      continue
    }
    passed.lastIndex = index
    const skipped = passed.exec(text)?.[0].length
    if (skipped !== undefined) {
      index += skipped
      isLineStart = false
      continue
    }
    if (sign === '[' || sign === '{') depth += 1
    if (sign === ']' || sign === '}') depth -= 1
    isLineStart = sign === '\n' || (isLineStart && (sign === ' ' || sign === '\t'))
    index += 1
  }
  return heads
}

/** What stands between the last line of a table and the next head is said of the next. */
function lengthWithoutRemarks(table: string): number {
  const lines = table.split(/(?<=\n)/)
  const last = lines.findLastIndex((line) => !/^\s*(?:#.*)?$/.test(line.trimEnd()))
  return lines.slice(0, last + 1).join('').length
}

function parsed(line: string): unknown {
  try {
    return parse(line)
  } catch {
    return undefined
  }
}
