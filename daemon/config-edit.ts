import { isMap, isScalar, isSeq, type ParsedNode, type YAMLMap } from 'yaml'
import { type Change, changeOfList, eolOf } from './config-edit-list.ts'
import { inFlow, mapping } from './config-print.ts'
import { isEmpty, type Node, offsetOf } from './yaml/tree.ts'
import { readYaml } from './yaml/yaml.ts'

/**
 * Returns the text with one setting changed or added, every other byte as it was.
 *
 * The places come from the tree and the change is made in the text, because printing the tree would lay out the
 * whole file anew. The caller reads the result again before believing it: anchors, for one, tie places together.
 */
export function withSetting(text: string, key: string, value: unknown): string {
  const change = changeFor(text, readYaml(text).document.contents, key.split('.'), value)
  return text.slice(0, change.from) + change.text + text.slice(change.to)
}

type ParsedMap = YAMLMap.Parsed<ParsedNode, Node>

function changeFor(text: string, contents: Node, path: readonly string[], value: unknown): Change {
  if (!isMap(contents)) return lineAfter(text, text.length, mapping(path, value, '', eolOf(text)))
  let map = contents
  for (const [depth, name] of path.entries()) {
    const pair = map.items.find(({ key }) => isScalar(key) && key.value === name)
    if (pair === undefined) return added(text, map, path.slice(depth), value)
    const rest = path.slice(depth + 1)
    if (rest.length === 0) return replaced(text, pair.key, pair.value, value)
    if (isEmpty(pair.value)) return filled(text, map, pair, rest, value)
    if (!isMap(pair.value)) break
    map = pair.value
  }
  return { from: 0, to: 0, text: '' }
}

/** Puts the value where another one stands, or behind the colon where none does. */
function replaced(text: string, key: ParsedNode, node: Node, value: unknown): Change {
  if (node === null) return { from: key.range[1], to: key.range[1], text: `: ${inFlow(value)}` }
  const [from, end] = node.range
  if (isSeq(node) && node.flow !== true && node.items.length > 0 && Array.isArray(value)) {
    return changeOfList(text, node, value)
  }
  const old = text.slice(from, end)
  const space = old === '' && text[from - 1] === ':' ? ' ' : ''
  const tail = old.slice(old.trimEnd().length)
  return { from, to: end, text: `${space}${inFlow(value)}${tail}` }
}

/** Adds what is missing of the path behind the last setting of a section. */
function added(text: string, map: ParsedMap, path: readonly string[], value: unknown): Change {
  const last = map.items.at(-1)
  if (map.flow === true) {
    const at = last === undefined ? offsetOf(map) + 1 : endOf(last.value ?? last.key)
    const pair = path.reduceRight(
      (inner, name, depth) => `${name}: ${depth === path.length - 1 ? inner : `{${inner}}`}`,
      inFlow(value),
    )
    return { from: at, to: at, text: last === undefined ? pair : `, ${pair}` }
  }
  const indent = ' '.repeat(columnOf(text, offsetOf(map.items[0]?.key ?? map)))
  return lineAfter(text, endOf(map), mapping(path, value, indent, eolOf(text)))
}

/** Adds what is missing of the path below a section that holds nothing yet. */
function filled(
  text: string,
  map: ParsedMap,
  pair: ParsedMap['items'][number],
  path: readonly string[],
  value: unknown,
): Change {
  const [from, to] = pair.value?.range ?? [pair.key.range[1], pair.key.range[1]]
  if (map.flow === true || from !== to) {
    const inner = path.reduceRight((below, name) => `{${name}: ${below}}`, inFlow(value))
    return { from, to, text: `${text[from - 1] === ' ' ? '' : ' '}${inner}` }
  }
  const indent = ' '.repeat(columnOf(text, offsetOf(pair.key)) + 2)
  return lineAfter(text, from, mapping(path, value, indent, eolOf(text)))
}

/** Inserts lines below the one that the offset stands on. */
function lineAfter(text: string, offset: number, lines: string): Change {
  const isAtStart = offset === 0 || text[offset - 1] === '\n'
  const end = isAtStart ? offset - 1 : text.indexOf('\n', offset)
  if (end !== -1 || offset === 0) return { from: end + 1, to: end + 1, text: lines }
  return { from: text.length, to: text.length, text: eolOf(text) + lines }
}

/** Returns where the last thing of a value ends; the comments behind it are not part of it. */
export function endOf(node: ParsedNode): number {
  if (isMap(node) && node.flow !== true) {
    const last = node.items.at(-1)
    if (last !== undefined) return endOf(last.value ?? last.key)
  }
  const last = isSeq(node) && node.flow !== true ? node.items.at(-1) : undefined
  return last === undefined ? node.range[1] : endOf(last)
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1)
}
