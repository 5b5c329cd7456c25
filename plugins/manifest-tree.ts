import { isMap, isScalar, isSeq, type Pair, type ParsedNode } from 'yaml'
import { createTree, type Node, offsetOf, shown, type Tree } from '../daemon/yaml/tree.ts'
import { readYaml } from '../daemon/yaml/yaml.ts'
import { type Issue, quoted } from '../daemon/yaml/issue.ts'

/** What a text of YAML or JSON says, and where each part of it stands. */
export interface Written {
  readonly value: unknown
  readonly issues: readonly Issue[]
  /** Returns where the part behind a list of names stands, or the nearest part around it. */
  placeOf(path: readonly string[]): { readonly line: number; readonly column: number }
}

/** Names that lead from a value to what all values share. */
const forbidden: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** Reads a text as plain data: no aliases, no tags, no name twice. */
export function readWritten(text: string): Written {
  const yaml = readYaml(text)
  if (yaml.issues.length > 0) return { value: undefined, issues: yaml.issues, placeOf: () => yaml.placeOf(0) }
  const tree = createTree(yaml)
  const offsets = new Map<string, number>()
  const value = plain(yaml.document.contents, [], tree, offsets)
  return {
    value,
    issues: tree.issues,
    placeOf(path) {
      for (let length = path.length; length >= 0; length -= 1) {
        const offset = offsets.get(keyOf(path.slice(0, length)))
        if (offset !== undefined) return yaml.placeOf(offset)
      }
      return yaml.placeOf(0)
    },
  }
}

function plain(written: Node, path: readonly string[], tree: Tree, offsets: Map<string, number>): unknown {
  if (!offsets.has(keyOf(path))) offsets.set(keyOf(path), offsetOf(written))
  const node = tree.resolved(written)
  if (node === undefined || node === null) return node ?? null
  if (node !== written) {
    tree.report(offsetOf(written), 'Aliases are not understood here; write the value out.')
    return undefined
  }
  if (isScalar(node)) return node.value
  if (isSeq(node))
    return node.items.map((item, index) => plain(item, [...path, String(index)], tree, offsets))
  return isMap(node) ? membersOf(node.items, path, tree, offsets) : undefined
}

function membersOf(
  pairs: readonly Pair<ParsedNode, Node>[],
  path: readonly string[],
  tree: Tree,
  offsets: Map<string, number>,
): Record<string, unknown> {
  const members: Record<string, unknown> = {}
  for (const { key, value } of pairs) {
    const name = isScalar(key) ? (key.source ?? String(key.value)) : undefined
    if (name === undefined) tree.report(offsetOf(key), `A name must be a word; found ${shown(key)}.`)
    else if (forbidden.has(name)) tree.report(offsetOf(key), `${quoted(name)} is no name for anything here.`)
    else if (Object.hasOwn(members, name)) tree.report(offsetOf(key), `${quoted(name)} stands here twice.`)
    else {
      offsets.set(keyOf([...path, name]), offsetOf(key))
      members[name] = plain(value, [...path, name], tree, offsets)
    }
  }
  return members
}

function keyOf(path: readonly string[]): string {
  return JSON.stringify(path)
}
