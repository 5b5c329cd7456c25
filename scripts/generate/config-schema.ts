import type { TSchema } from 'typebox'
import { Config } from '../../contract/config.ts'
import { propertiesOf } from '../../contract/fields.ts'
import { printJson } from './json.ts'

/** Returns the JSON Schema of `.aiosrc.yaml` for editors: only what a repository may set. */
export function repositorySchema(): string {
  return published('.aiosrc.yaml', 'What a repository asks of aios.', (section) => !('x-scope' in section))
}

/** Returns the JSON Schema of the user's own file for editors. */
export function userSchema(): string {
  return published('config.yaml', 'Your own settings of aios.', () => true)
}

function published(title: string, description: string, isKept: (section: TSchema) => boolean): string {
  const { type, properties, additionalProperties } = sectionOf(Config, isKept)
  return printJson({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title,
    description,
    type,
    properties,
    additionalProperties,
  })
}

/** A section may be left empty, as the loader allows; a setting is as the contract has it. */
function sectionOf(schema: TSchema, isKept: (section: TSchema) => boolean): Record<string, unknown> {
  const parts = Object.entries(propertiesOf(schema)).filter(([, part]) => isKept(part))
  if (parts.length === 0) return { ...schema }
  const named = 'patternProperties' in schema ? { patternProperties: schema.patternProperties } : {}
  return {
    type: ['object', 'null'],
    properties: Object.fromEntries(parts.map(([name, part]) => [name, sectionOf(part, isKept)])),
    ...named,
    additionalProperties: false,
  }
}
