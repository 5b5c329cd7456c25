import type { JSONObject } from '@modelcontextprotocol/server'
import { isToolName, tools, type ToolDescription, type ToolName } from '../../contract/tools.ts'

/** Returns the tools as the protocol lists them. */
export function toolList({ mayCall }: { mayCall(name: ToolName): boolean }) {
  return Object.keys(tools)
    .filter(isToolName)
    .filter((name) => mayCall(name))
    .map((name) => {
      const { title, description, role, input } = tools[name]
      const isReading = role === 'reader'
      return {
        name,
        description,
        inputSchema: jsonSchemaOf(input),
        annotations: { title, readOnlyHint: isReading, destructiveHint: false, openWorldHint: false },
      }
    })
}

/** Returns the schema as it travels, with nothing of the library that made it. */
function jsonSchemaOf({ properties, required }: ToolDescription['input']) {
  const plain: unknown = JSON.parse(JSON.stringify(properties))
  return {
    type: 'object' as const,
    properties: isJsonObject(plain) ? plain : {},
    required: [...(required ?? [])],
  }
}

function isJsonObject(value: unknown): value is JSONObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
