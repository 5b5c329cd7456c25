import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { nearest } from './nearest.ts'

/** What is wrong with a value: where, and in which words. */
export interface Complaint {
  /** Dotted, as in `filters.author`; empty for the value itself. */
  readonly at: string
  readonly message: string
  /** The keyword of the schema that refused it; `unknown` for a field that the schema does not have. */
  readonly keyword: string
}

/** A schema made fast. */
export interface Check<S extends TSchema> {
  accepts(value: unknown): value is Static<S>
  /** Returns nothing when the value is accepted; fields that the schema does not name are complaints too. */
  complaints(value: unknown): Complaint[]
}

/** Creates a check that refuses what the schema refuses, and every field that it does not name. */
export function createCheck<S extends TSchema>(schema: S): Check<S> {
  let ready: ReturnType<typeof Compile<S>> | undefined
  // Compiled with the first value: a daemon has a hundred schemas, and is asked about few of them.
  const compiled = () => (ready ??= Compile(schema))
  return {
    accepts(value): value is Static<S> {
      return compiled().Check(value) && unknownFields(schema, value, '').length === 0
    },

    complaints(value) {
      const unknown = unknownFields(schema, value, '')
      const errors = compiled().Check(value) ? [] : compiled().Errors(value)
      const refused = errors.map(({ instancePath, keyword, message }) => ({
        at: instancePath.slice(1).replaceAll('/', '.'),
        message: allowedAt(schema, instancePath) ?? message,
        keyword,
      }))
      return [...unknown, ...refused]
    },
  }
}

function unknownFields(schema: TSchema, value: unknown, at: string): Complaint[] {
  const properties = propertiesOf(schema)
  if (properties === undefined || !isRecord(value)) return []
  return Object.entries(value).flatMap(([name, part]) => {
    const path = at === '' ? name : `${at}.${name}`
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined
    if (property !== undefined) return unknownFields(property, part, path)
    const meant = nearest(name, Object.keys(properties))
    const message = meant === undefined ? 'is not known' : `is not known; did you mean \`${meant}\`?`
    return [{ at: path, message, keyword: 'unknown' }]
  })
}

/** Returns `must be one of a, b, c` where the schema allows a few words only. */
function allowedAt(schema: TSchema, instancePath: string): string | undefined {
  let here: TSchema | undefined = schema
  for (const name of instancePath.split('/').slice(1)) here = here && propertiesOf(here)?.[name]
  const words = here === undefined ? [] : wordsOf(here)
  return words.length > 0 && words.every((word) => typeof word === 'string')
    ? `must be one of ${words.join(', ')}`
    : undefined
}

function wordsOf(schema: TSchema): unknown[] {
  if ('enum' in schema && Array.isArray(schema.enum)) return schema.enum
  if (!('anyOf' in schema) || !Array.isArray(schema.anyOf)) return []
  return schema.anyOf.map((part: unknown) => (isRecord(part) ? part['const'] : undefined))
}

function propertiesOf(schema: TSchema): Record<string, TSchema> | undefined {
  return 'properties' in schema && isSchemas(schema.properties) ? schema.properties : undefined
}

function isSchemas(value: unknown): value is Record<string, TSchema> {
  return isRecord(value)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
