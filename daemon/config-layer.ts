import { isMap, isScalar, type Pair, type ParsedNode } from 'yaml'
import type { Setting } from '../contract/config.ts'
import { formOf } from '../contract/validate.ts'
import { type Issue, mostShown, quoted } from './yaml/issue.ts'
import { isNameBelow, isUserOnly, join, proposalFor, type Scope, settingOf } from './config-keys.ts'
import { readSetting } from './config-setting.ts'
import { createTree, isEmpty, type Node, offsetOf, shown, type Tree } from './yaml/tree.ts'
import { readYaml } from './yaml/yaml.ts'

/** What one text sets: the value of each setting by its dotted key, with its line. */
export interface Layer {
  readonly values: ReadonlyMap<string, { readonly value: unknown; readonly line: number }>
  readonly issues: readonly Issue[]
}

/** Returns what a configuration file sets, and everything that is wrong with it. */
export function readLayer(text: string, scope: Scope): Layer {
  const yaml = readYaml(text)
  const values: Values = new Map()
  if (yaml.issues.length > 0) return { values, issues: yaml.issues }
  const tree = createTree(yaml)
  readSection('', yaml.document.contents, { tree, scope, values })
  return { values, issues: tree.issues }
}

/** Returns the value that a setting gets from one line of YAML, as in a variable or on the command line. */
export function readValue(setting: Setting, text: string): { value: unknown; issues: readonly Issue[] } {
  const yaml = readYaml(asYaml(setting, text))
  const tree = createTree(yaml)
  if (yaml.issues.length > 0) {
    const issues = yaml.issues.slice(0, 1).map(({ code, message }) => ({
      code,
      message: `${setting.key} cannot be set to ${quoted(text)}. ${message}`,
    }))
    return { value: undefined, issues }
  }
  const value = readSetting(setting, yaml.document.contents, 0, tree)
  return { value, issues: tree.issues.map(({ code, message }) => ({ code, message })) }
}

/** Who sets five fields of cron means them, and `*` at their beginning is no alias. */
function asYaml({ schema }: Setting, text: string): string {
  const isQuoted = /^\s*['"]/.test(text)
  return formOf(schema) === 'cron' && !isQuoted ? JSON.stringify(text.trim()) : text
}

type Values = Map<string, { value: unknown; line: number }>

interface Reading {
  readonly tree: Tree
  readonly scope: Scope
  readonly values: Values
}

function readSection(section: string, written: Node, reading: Reading): void {
  const { tree } = reading
  const node = tree.resolved(written)
  if (node === undefined || isEmpty(node)) return
  if (!isMap(node)) {
    const place = section === '' ? 'The file' : section
    const message = `${place} must hold settings, each written \`name: value\`; found ${shown(node)}.`
    return tree.report(offsetOf(written), message)
  }
  const firstLines = new Map<string, number>()
  for (const pair of node.items) {
    const name = nameOf(pair, firstLines, tree)
    if (name !== undefined) readMember(section, name, pair, reading)
  }
}

/** Returns the name of a pair; undefined once it was reported as no word, or as one that repeats. */
function nameOf({ key }: Pair<ParsedNode, Node>, firstLines: Map<string, number>, tree: Tree) {
  const offset = offsetOf(key)
  if (!isScalar(key)) {
    tree.report(offset, `A name must be a word; found ${shown(key)}.`)
    return undefined
  }
  const name = key.source ?? String(key.value)
  const first = firstLines.get(name)
  if (first === undefined) {
    firstLines.set(name, tree.lineOf(offset))
    return name
  }
  tree.report(offset, `${quoted(name)} is set twice; the first is on line ${first}.`)
  return undefined
}

function readMember(section: string, name: string, pair: Pair<ParsedNode, Node>, reading: Reading): void {
  const { tree, scope, values } = reading
  const offset = offsetOf(pair.key)
  const key = join(section, name)
  if (!isNameBelow(section, name)) {
    // Looking for what was meant takes longest, so it is left to the issues that somebody will see.
    const proposal = tree.issues.length < mostShown ? proposalFor(section, name) : ''
    return tree.report(offset, complaint(section, name) + proposal)
  }
  if (scope === 'repository' && isUserOnly(key)) {
    const message = `${key} may be set in your own file only, not by a repository.`
    return tree.report(offset, message, 'config.forbidden')
  }
  const setting = settingOf(key)
  if (setting === undefined) return readSection(key, pair.value, reading)
  const value = readSetting(setting, pair.value, offset, tree)
  if (value !== undefined) values.set(key, { value, line: tree.lineOf(offset) })
}

function complaint(section: string, name: string): string {
  if (name === '<<') return 'Merge keys (<<) are not understood; write the settings out.'
  const place = section === '' ? 'a section of the settings' : `a setting of ${section}`
  return `${quoted(name)} is not ${place}.`
}
