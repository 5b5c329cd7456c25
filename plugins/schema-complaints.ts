import { nearest } from '../contract/nearest.ts'
import { choicesOf, expectationOf, isValid, itemOf, type Schema } from '../contract/validate.ts'

/** What is wrong with a part of a value. */
export interface SchemaComplaint {
  /** The names and numbers that lead to the part. */
  readonly path: readonly string[]
  readonly message: string
}

/** Returns what keeps a value from being what the schema describes, each part in words that name the part. */
export function schemaComplaints(
  schema: Schema,
  value: unknown,
  path: readonly string[] = [],
): SchemaComplaint[] {
  const branches = branchesOf(schema)
  if (branches !== undefined) return complaintsOfBranch(schema, branches, value, path)
  const item = itemOf(schema)
  if (item !== undefined && Array.isArray(value)) {
    const inside = value.flatMap((part, index) => schemaComplaints(item, part, [...path, String(index)]))
    return inside.length > 0 ? inside : complaintOf(schema, value, path)
  }
  if (isObjectSchema(schema)) {
    if (!isRecord(value))
      return [{ path, message: `${nameOf(path)} must be a mapping; found ${kindOf(value)}.` }]
    return complaintsOfMembers(schema, value, path)
  }
  return complaintOf(schema, value, path)
}

/** Of several forms, the one meant is the one of the same kind. */
function complaintsOfBranch(
  schema: Schema,
  branches: readonly Schema[],
  value: unknown,
  path: readonly string[],
): SchemaComplaint[] {
  if (isValid(schema, value)) return []
  const object = branches.find(isObjectSchema)
  if (object !== undefined && isRecord(value)) return schemaComplaints(object, value, path)
  const other = branches.filter((branch) => branch !== object)
  if (object === undefined || other.length !== 1) return complaintOf(schema, value, path)
  const [meant = schema] = other
  const [complaint] = complaintOf(meant, value, path)
  if (complaint === undefined) return []
  const message =
    typeof value === 'string'
      ? complaint.message
      : complaint.message.replace('; found', ', or a mapping; found')
  return [{ path, message }]
}

function complaintsOfMembers(
  schema: Schema,
  value: Readonly<Record<string, unknown>>,
  path: readonly string[],
): SchemaComplaint[] {
  const properties = recordOf(schema, 'properties')
  const pattern = Object.values(recordOf(schema, 'patternProperties'))[0]
  const required = 'required' in schema && Array.isArray(schema.required) ? schema.required : []
  const missing = required.filter((name) => typeof name === 'string' && !Object.hasOwn(value, name))
  const inside = Object.entries(value).flatMap(([name, part]) => {
    const known = Object.hasOwn(properties, name) ? properties[name] : pattern
    if (known !== undefined) return schemaComplaints(known, part, [...path, name])
    const meant = nearest(name, Object.keys(properties))
    const proposal = meant === undefined ? '' : ` Did you mean ${meant}?`
    return [{ path: [...path, name], message: `${nameOf([...path, name])} is not known.${proposal}` }]
  })
  const absent = missing.map((name) => ({ path, message: `${nameOf([...path, String(name)])} is missing.` }))
  if (inside.length > 0 || absent.length > 0) return [...absent, ...inside]
  return isValid(schema, value) ? [] : [{ path, message: `${nameOf(path)} has too few or too many members.` }]
}

function complaintOf(schema: Schema, value: unknown, path: readonly string[]): SchemaComplaint[] {
  if (isValid(schema, value)) return []
  const message = `${nameOf(path)} must be ${expectationOf(schema)}${patternOf(schema, value)}; found ${kindOf(value)}.`
  const meant = typeof value === 'string' ? nearest(value, choicesOf(schema)) : undefined
  return [{ path, message: meant === undefined ? message : `${message} Did you mean ${meant}?` }]
}

function patternOf(schema: Schema, value: unknown): string {
  if (typeof value !== 'string' || !('pattern' in schema)) return ''
  const about = 'description' in schema ? ` (${descriptionOf(schema)})` : ''
  return ` of the right form${about}`
}

function descriptionOf(schema: Schema): string {
  const text = 'description' in schema && typeof schema.description === 'string' ? schema.description : ''
  return text.replace(/\.$/, '')
}

/** Returns a dotted name: `permissions[1].paths`. */
function nameOf(path: readonly string[]): string {
  if (path.length === 0) return 'The manifest'
  return path
    .map((name, index) => (/^\d+$/.test(name) ? `[${name}]` : index === 0 ? name : `.${name}`))
    .join('')
}

/** Returns a value as a person would name it. */
function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object') return 'a mapping'
  return typeof value === 'string' ? `the text ${JSON.stringify(value.slice(0, 60))}` : JSON.stringify(value)
}

function branchesOf(schema: Schema): readonly Schema[] | undefined {
  if (!('anyOf' in schema) || !Array.isArray(schema.anyOf)) return undefined
  const branches = schema.anyOf.filter(isSchema)
  return branches.some(isObjectSchema) ? branches : undefined
}

function isObjectSchema(schema: Schema): boolean {
  return 'type' in schema && schema.type === 'object'
}

function recordOf(schema: Schema, name: string): Readonly<Record<string, Schema>> {
  const found: unknown = Object.entries(schema).find(([key]) => key === name)?.[1]
  return isSchemas(found) ? found : {}
}

function isSchemas(value: unknown): value is Record<string, Schema> {
  return isRecord(value)
}

function isSchema(value: unknown): value is Schema {
  return isRecord(value)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
