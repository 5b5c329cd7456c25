import { Manifest } from '../../contract/manifest.ts'
import { printJson } from './json.ts'

/** Returns the JSON Schema of `plugin.json` for editors. */
export function pluginSchema(): string {
  return printJson({ $schema: 'https://json-schema.org/draft/2020-12/schema', ...Manifest })
}
