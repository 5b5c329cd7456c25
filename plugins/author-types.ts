import { hostCalls } from '../contract/host-calls.ts'
import { hookOf, resultOf, type HookName } from '../contract/hooks.ts'
import { itemOf, type Schema } from '../contract/validate.ts'

/** Returns the types of what a handler of a hook is given and may return, for editors. */
export function authorTypes(hooks: readonly HookName[]): string {
  const events = hooks.map(
    (hook) =>
      `  '${hook}': {\n    event: ${typeOf(hookOf(hook).input, 4)}\n    result: ${resultType(hook)}\n  }`,
  )
  return `${head}export interface Hooks {\n${events.join('\n')}\n}\n\n${contextType()}`
}

function resultType(hook: HookName): string {
  const { kind, gate } = hookOf(hook)
  return kind === 'series' ? 'unknown' : `${typeOf(resultOf({ kind, gate }), 4)} | undefined`
}

const head = `// Made from the contract of aios by \`aios plugin new\`; for editors only, nothing here runs.
// In a handler: /** @type {import('./aios').Handler<'pre-commit'>} */

/** What handles a hook. */
export type Handler<N extends keyof Hooks> = (
  context: Context<N>,
) => Hooks[N]['result'] | Promise<Hooks[N]['result']>

`

function contextType(): string {
  const spaces = new Map<string, string[]>()
  for (const [name, { summary, args, reply }] of Object.entries(hostCalls)) {
    const [space = '', call] = name.split('.')
    if (call === undefined) continue
    const line = `    /** ${summary} */\n    ${call}(${parametersOf(args)}): Promise<${typeOf(reply, 4)}>`
    spaces.set(space, [...(spaces.get(space) ?? []), line])
  }
  const members = [...spaces].map(([space, lines]) => `  readonly ${space}: {\n${lines.join('\n')}\n  }`)
  return `/** What a handler is given. */
export interface Context<N extends keyof Hooks> {
  readonly event: Hooks[N]['event']
  readonly hook: N
  /** The plugin’s settings. */
  readonly config: Readonly<Record<string, unknown>>
  /** Milliseconds since the epoch: the time of the event, as \`Date\` has it too. */
  readonly now: number
  /** The same numbers each time the event is replayed, as \`Math.random\` gives them too. */
  random(): number
  /** ${hostCalls.log.summary} */
  log(${parametersOf(hostCalls.log.args)}): void
${members.join('\n')}
}
`
}

function parametersOf(args: Schema): string {
  const required = requiredOf(args)
  return Object.entries(propertiesOf(args))
    .map(([name, schema]) => `${name}${required.includes(name) ? '' : '?'}: ${typeOf(schema, 6)}`)
    .join(', ')
}

/** Returns a schema as a type of TypeScript. */
function typeOf(schema: Schema, indent: number): string {
  if ('const' in schema) return JSON.stringify(schema.const).replaceAll('"', "'")
  if ('anyOf' in schema && Array.isArray(schema.anyOf))
    return schema.anyOf
      .map((part: unknown) => (isSchema(part) ? typeOf(part, indent) : 'unknown'))
      .join(' | ')
  const item = itemOf(schema)
  if (item !== undefined) return `readonly (${typeOf(item, indent)})[]`
  const type = 'type' in schema ? schema.type : undefined
  if (type === 'object') return objectType(schema, indent)
  if (type === 'integer' || type === 'number') return 'number'
  return type === 'string' || type === 'boolean' || type === 'null' ? type : 'unknown'
}

function objectType(schema: Schema, indent: number): string {
  const properties = Object.entries(propertiesOf(schema))
  const pattern =
    'patternProperties' in schema ? Object.values(recordOf(schema.patternProperties))[0] : undefined
  if (pattern !== undefined) return `Readonly<Record<string, ${typeOf(pattern, indent)}>>`
  if (properties.length === 0) return 'object'
  const required = requiredOf(schema)
  const space = ' '.repeat(indent)
  const lines = properties.map(([name, part]) => {
    const about = 'description' in part ? `${space}  /** ${String(part.description)} */\n` : ''
    return `${about}${space}  readonly ${name}${required.includes(name) ? '' : '?'}: ${typeOf(part, indent + 2)}`
  })
  return `{\n${lines.join('\n')}\n${space}}`
}

function requiredOf(schema: Schema): readonly unknown[] {
  return 'required' in schema && Array.isArray(schema.required) ? schema.required : []
}

function propertiesOf(schema: Schema): Record<string, Schema> {
  return 'properties' in schema ? recordOf(schema.properties) : {}
}

function recordOf(value: unknown): Record<string, Schema> {
  return isSchemas(value) ? value : {}
}

function isSchemas(value: unknown): value is Record<string, Schema> {
  return typeof value === 'object' && value !== null
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null
}
