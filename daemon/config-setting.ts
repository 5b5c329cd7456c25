import { isSeq } from 'yaml'
import type { Setting } from '../contract/config.ts'
import { choicesOf, expectationOf, formOf, isValid, itemOf } from '../contract/validate.ts'
import { nearest } from '../contract/nearest.ts'
import { flawOf } from './schedules/expression.ts'
import { isEmpty, type Node, offsetOf, shown, type Tree, valueOf } from './yaml/tree.ts'

type Schema = Setting['schema']

/** Returns the value that the text gives a setting; undefined once the tree was told what is wrong with it. */
export function readSetting(setting: Setting, written: Node, keyOffset: number, tree: Tree): unknown {
  const { key, schema } = setting
  const node = tree.resolved(written)
  if (node === undefined) return undefined
  const item = itemOf(schema)
  const value = item !== undefined && isSeq(node) ? listOf(key, item, node.items, tree) : valueOf(node)
  if (value === undefined) return undefined
  const flaw = isValid(schema, value) ? flawIn(schema, value) : ''
  if (flaw === undefined) return value
  tree.report(isEmpty(node) ? keyOffset : offsetOf(written), complaint(key, schema, node) + flaw)
  return undefined
}

/** Returns a sentence about what the schema cannot say; undefined when nothing is wrong. */
function flawIn(schema: Schema, value: unknown): string | undefined {
  if (formOf(schema) !== 'cron' || typeof value !== 'string') return undefined
  const flaw = flawOf(value)
  return flaw === undefined ? undefined : ` ${flaw}`
}

function listOf(key: string, item: Schema, nodes: readonly Node[], tree: Tree): unknown[] | undefined {
  const before = tree.issues.length
  const list = nodes.map((written, index) => {
    const node = tree.resolved(written)
    const value = node === undefined ? undefined : valueOf(node)
    if (node !== undefined && !isValid(item, value)) {
      tree.report(offsetOf(written), complaint(`${key}[${index}]`, item, node))
    }
    return value
  })
  return tree.issues.length > before ? undefined : list
}

function complaint(name: string, schema: Schema, node: Node): string {
  const found = Array.isArray(valueOf(node)) && itemOf(schema) !== undefined ? sizeOf(node) : shown(node)
  const message = `${name} must be ${expectationOf(schema)}; found ${found}.`
  const value = valueOf(node)
  const meant = typeof value === 'string' ? nearest(value, choicesOf(schema)) : undefined
  return meant === undefined ? message : `${message} Did you mean ${meant}?`
}

/** Returns how long a list is that would be right but for its length. */
function sizeOf(node: Node): string {
  return isSeq(node) ? `${node.items.length} items` : shown(node)
}
