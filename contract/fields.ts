import type { TSchema } from 'typebox'
import { choicesOf, expectationOf, itemOf } from './validate.ts'

/** One field of an object, flattened: `filters.path`, `hits[].oid`. */
export interface Field {
  readonly path: string
  readonly schema: TSchema
  readonly isOptional: boolean
}

/** Returns every field of an object's schema, those of inner objects behind the object that holds them. */
export function fieldsOf(schema: TSchema, prefix = ''): Field[] {
  const required = 'required' in schema && Array.isArray(schema.required) ? schema.required : []
  return Object.entries(propertiesOf(schema)).flatMap(([name, part]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`
    const isOptional = !required.includes(name)
    return [{ path, schema: part, isOptional }, ...fieldsBelow(part, path)]
  })
}

/** Returns a schema's kind in a few words: `list of objects`, `a whole number of at least 0`. */
export function kindOf(schema: TSchema): string {
  const item = itemOf(schema)
  if (item !== undefined) {
    const size = /at (?:least|most) \d+|\d+ to \d+/.exec(expectationOf({ ...schema, items: {} }))
    return `list${size === null ? '' : ` of ${size[0]}`}, each ${kindOf(item)}`
  }
  if (Object.keys(propertiesOf(schema)).length > 0) return 'object'
  if ('patternProperties' in schema) return 'object by name'
  if (!('type' in schema) && choicesOf(schema).length === 0) return 'anything'
  if ('pattern' in schema) return `a text like \`${String(schema.pattern)}\``
  return expectationOf(schema)
}

/** Returns the description of a schema; empty when it has none. */
export function descriptionOf(schema: TSchema): string {
  return 'description' in schema && typeof schema.description === 'string' ? schema.description : ''
}

/** Returns the schemas of an object’s members by name; none when it is not an object’s. */
export function propertiesOf(schema: TSchema): Record<string, TSchema> {
  return 'properties' in schema && isSchemas(schema.properties) ? schema.properties : {}
}

function fieldsBelow(schema: TSchema, path: string): Field[] {
  const item = itemOf(schema)
  return item === undefined ? fieldsOf(schema, path) : fieldsOf(item, `${path}[]`)
}

function isSchemas(value: unknown): value is Record<string, TSchema> {
  return typeof value === 'object' && value !== null
}
