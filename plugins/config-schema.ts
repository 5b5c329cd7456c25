import { AiosError } from '../contract/errors.ts'
import { nearest } from '../contract/nearest.ts'

/** What is wrong with a schema of settings. */
interface ConfigComplaint {
  readonly path: readonly string[]
  readonly message: string
}

type Schema = Readonly<Record<string, unknown>>

const kinds = ['string', 'number', 'integer', 'boolean', 'array']
const words = [
  'type default enum title description minimum maximum minLength maxLength items minItems maxItems',
].flatMap((text) => text.split(' '))

/**
 * Returns what is wrong with the schema of a plugin’s settings.
 *
 * Only part of JSON Schema is taken: a plugin’s author writes it and the daemon runs it, so nothing in it may run for
 * long (patterns) or fetch (references).
 */
export function configComplaints(schema: Schema): ConfigComplaint[] {
  if (Object.keys(schema).length === 0) return []
  if (schema['type'] !== undefined && schema['type'] !== 'object')
    return [{ path: ['type'], message: 'config must describe an object.' }]
  const known = ['$schema', 'type', 'title', 'description', 'properties', 'additionalProperties']
  const stray = Object.keys(schema).filter((name) => !known.includes(name))
  if (stray.length > 0)
    return stray.map((name) => ({ path: [name], message: `config.${name} is not understood.` }))
  return Object.entries(recordOf(schema['properties'])).flatMap(([name, part]) => {
    return complaintsOfPart(name, recordOf(part)).map((message) => ({ path: ['properties', name], message }))
  })
}

function complaintsOfPart(name: string, schema: Schema): string[] {
  const stray = Object.keys(schema).filter((word) => !words.includes(word))
  if (stray.length > 0)
    return stray.map((word) => `config.${name} says ${word}, which is not understood here.`)
  if (!kinds.includes(String(schema['type']))) return [`config.${name} needs a type: ${kinds.join(', ')}.`]
  if (schema['type'] === 'array' && !kinds.slice(0, 4).includes(String(recordOf(schema['items'])['type'])))
    return [`config.${name} needs items of type ${kinds.slice(0, 4).join(', ')}.`]
  if (schema['default'] === undefined) return [`config.${name} needs a default.`]
  const wrong = refusalOf(schema, schema['default'])
  return wrong === undefined ? [] : [`The default of config.${name} ${wrong}.`]
}

/** Returns the settings a plugin gets: its defaults, and what was set in their place. */
export function settingsOf(schema: Schema, given: Schema): Record<string, unknown> {
  const properties = recordOf(schema['properties'])
  const settings = Object.fromEntries(
    Object.entries(properties).map(([name, part]) => [name, recordOf(part)['default']]),
  )
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(properties, name)) {
      const meant = nearest(name, Object.keys(properties))
      const proposal = meant === undefined ? '' : ` Did you mean ${meant}?`
      throw new AiosError('plugin.invalid', `${name} is not a setting of the plugin.${proposal}`)
    }
    const wrong = refusalOf(recordOf(properties[name]), value)
    if (wrong !== undefined) throw new AiosError('plugin.invalid', `The setting ${name} ${wrong}.`)
    settings[name] = value
  }
  return settings
}

function refusalOf(schema: Schema, value: unknown): string | undefined {
  const { type, enum: choices, minimum, maximum, minLength, maxLength, minItems, maxItems, items } = schema
  if (!isOfType(type, value)) return `must be of type ${String(type)}`
  if (Array.isArray(choices) && !choices.includes(value))
    return `must be one of ${choices.map(String).join(', ')}`
  if (typeof value === 'number' && isOutside(value, minimum, maximum))
    return `must be ${span(minimum, maximum)}`
  if (typeof value === 'string' && isOutside(value.length, minLength, maxLength ?? 4096))
    return `must have ${span(minLength, maxLength ?? 4096)} characters`
  if (!Array.isArray(value)) return undefined
  if (isOutside(value.length, minItems, maxItems ?? 1000))
    return `must have ${span(minItems, maxItems ?? 1000)} items`
  return value.map((item) => refusalOf(recordOf(items), item)).find((wrong) => wrong !== undefined)
}

function isOfType(type: unknown, value: unknown): boolean {
  if (type === 'array') return Array.isArray(value)
  if (type === 'integer') return Number.isSafeInteger(value)
  if (type === 'number') return Number.isFinite(value)
  return typeof value === type
}

function isOutside(value: number, least: unknown, most: unknown): boolean {
  return (typeof least === 'number' && value < least) || (typeof most === 'number' && value > most)
}

function span(least: unknown, most: unknown): string {
  if (typeof least === 'number' && typeof most === 'number') return `${least} to ${most}`
  return typeof least === 'number' ? `at least ${least}` : `at most ${String(most)}`
}

function recordOf(value: unknown): Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}
