import type { Route } from '../../contract/route.ts'

/** Returns the least that a route takes, made from its schema, so that a new route needs no line here. */
export function sampleOf(route: Route): Record<string, unknown> {
  const made = sample(route.input)
  return typeof made === 'object' && made !== null && !Array.isArray(made) ? { ...made } : {}
}

function sample(schema: unknown, name = ''): unknown {
  const {
    type,
    properties,
    required,
    items,
    minItems,
    minLength,
    minimum,
    anyOf,
    enum: words,
    const: only,
  } = fields(schema)
  if (only !== undefined) return only
  if (Array.isArray(words)) return words[0]
  if (Array.isArray(anyOf)) return sample(anyOf[0], name)
  if (type === 'string')
    return name === 'repository' ? 'tide-1' : 'x'.repeat(Math.max(1, Number(minLength ?? 1)))
  if (type === 'integer' || type === 'number') return Number(minimum ?? 1)
  if (type === 'boolean') return false
  if (type === 'array') return Array.from({ length: Number(minItems ?? 0) }, () => sample(items))
  const needed = Array.isArray(required) ? required.map(String) : []
  return Object.fromEntries(needed.map((key) => [key, sample(fields(properties)[key], key)]))
}

/** Returns the names of the fields that a route takes. */
export function fieldNames(route: Route): string[] {
  return Object.keys(fields(fields(route.input)['properties']))
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
