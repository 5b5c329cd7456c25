import type { Static, TSchema } from 'typebox'
import { Check } from 'typebox/value'

/** A schema, for those who do not know the library that it is made with. */
export type Schema = TSchema

/** Says whether a value is what the schema describes. */
export function isValid<T extends TSchema>(schema: T, value: unknown): value is Static<T> {
  return Check(schema, value)
}

/** Returns a copy of the default that the schema states; undefined when it states none. */
export function defaultOf(schema: TSchema): unknown {
  return structuredClone(member(schema, 'default'))
}

/** Returns the schema of a list's items; undefined when it is not the schema of a list. */
export function itemOf(schema: TSchema): TSchema | undefined {
  return 'items' in schema && isSchema(schema.items) ? schema.items : undefined
}

/** Returns the only values that the schema allows, when it lists them. */
export function choicesOf(schema: TSchema): string[] {
  const listed = member(schema, 'enum')
  if (Array.isArray(listed)) return listed.map(String)
  const options = member(schema, 'anyOf')
  if (!Array.isArray(options)) return 'const' in schema ? [String(schema.const)] : []
  const choices = options.map((option: unknown) => (isSchema(option) ? choicesOf(option) : []))
  return choices.every((found) => found.length > 0) ? choices.flat() : []
}

/** Returns the name of the form that a text must have, which JSON Schema cannot check; undefined when it has none. */
export function formOf(schema: TSchema): string | undefined {
  const form = member(schema, 'x-form')
  return typeof form === 'string' ? form : undefined
}

/** Returns what the schema asks for in words that fit behind “must be”: `a whole number from 1 to 200`. */
export function expectationOf(schema: TSchema): string {
  const item = itemOf(schema)
  if (item !== undefined) return `a list of ${sizeOf(schema, 'Items')}${pluralOf(item)}`
  const choices = choicesOf(schema)
  if (choices.length === 1) return `\`${choices[0]}\``
  if (choices.length > 1) return `one of ${choices.map((choice) => `\`${choice}\``).join(', ')}`
  const type = member(schema, 'type')
  if (type === 'integer') return `a whole number${rangeOf(schema)}`
  if (type === 'number') return `a number${rangeOf(schema)}`
  if (type === 'boolean') return 'true or false'
  if (formOf(schema) === 'cron') return 'five fields of cron, such as `0 4 * * *`'
  const size = sizeOf(schema, 'Length')
  return size === '' ? 'a text' : `a text of ${size}characters`
}

function pluralOf(item: TSchema): string {
  const one = expectationOf(item)
  return one.startsWith('a text') ? one.replace('a text', 'texts') : `values, each ${one}`
}

function rangeOf(schema: TSchema): string {
  const least = member(schema, 'minimum')
  const most = member(schema, 'maximum')
  if (isNumber(least) && isNumber(most)) return ` from ${least} to ${most}`
  if (isNumber(least)) return ` of at least ${least}`
  return isNumber(most) ? ` of at most ${most}` : ''
}

function sizeOf(schema: TSchema, what: 'Items' | 'Length'): string {
  const least = member(schema, `min${what}`)
  const most = member(schema, `max${what}`)
  if (isNumber(least) && isNumber(most)) return `${least} to ${most} `
  if (isNumber(least)) return `at least ${least} `
  return isNumber(most) ? `at most ${most} ` : ''
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}

function member(schema: TSchema, name: string): unknown {
  return Object.entries(schema).find(([key]) => key === name)?.[1]
}

function isSchema(value: unknown): value is TSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
