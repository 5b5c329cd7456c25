import { isAlias, isScalar, isSeq, type ParsedNode } from 'yaml'
import { type Issue, quoted } from './issue.ts'
import type { Yaml } from './yaml.ts'

/** A value as it stands in a text; null where nothing stands. */
export type Node = ParsedNode | null

/** The tree of one text, and what its readers find wrong with it. */
export interface Tree {
  readonly issues: readonly Issue[]
  report(offset: number, message: string, code?: Issue['code']): void
  /** Returns the node that an alias names, any other node as it is; undefined once an alias was reported. */
  resolved(node: Node): Node | undefined
  lineOf(offset: number): number
}

/** Each alias is looked up by walking the whole tree, so a file gets this many. */
const mostAliases = 100

/** Creates a tree of which nothing was read yet. */
export function createTree(yaml: Yaml): Tree {
  const issues: Issue[] = []
  let aliases = 0

  return {
    issues,
    report,

    resolved(node) {
      if (!isAlias(node)) return node
      aliases++
      if (aliases > mostAliases) {
        if (aliases === mostAliases + 1) report(offsetOf(node), `There are more than ${mostAliases} aliases.`)
        return undefined
      }
      const target = node.resolve(yaml.document)
      if (isParsed(target)) return target
      const name = quoted(`*${node.source}`)
      report(offsetOf(node), `${name} names no anchor above it; a text that begins with * needs quotes.`)
      return undefined
    },

    lineOf(offset) {
      return yaml.placeOf(offset).line
    },
  }

  function report(offset: number, message: string, code: Issue['code'] = 'config.invalid'): void {
    issues.push({ code, at: yaml.placeOf(offset), message })
  }
}

/** Returns where a value begins. */
export function offsetOf(node: Node): number {
  return node?.range[0] ?? 0
}

/** Says whether nothing stands there, or `null`. */
export function isEmpty(node: Node): boolean {
  return node === null || (isScalar(node) && node.value === null)
}

/** Returns a scalar's value; for a list or a mapping an empty one, which is never looked into. */
export function valueOf(node: Node): unknown {
  if (node === null) return null
  return isScalar(node) ? node.value : isSeq(node) ? [] : {}
}

/** Returns a value as a person would name it. */
export function shown(node: Node): string {
  if (isEmpty(node)) return 'nothing'
  if (isSeq(node)) return 'a list'
  if (!isScalar(node)) return 'a mapping'
  if (typeof node.value === 'string') return `the text ${quoted(node.value)}`
  return quoted(node.source ?? String(node.value)).slice(1, -1)
}

function isParsed(node: { range?: unknown } | undefined): node is ParsedNode {
  return node !== undefined && !isAlias(node) && Array.isArray(node.range)
}
