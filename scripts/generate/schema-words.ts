import { descriptionOf, fieldsOf, kindOf } from '../../contract/fields.ts'
import type { Schema } from '../../contract/validate.ts'

/** Returns a text that can stand in a table of Markdown. */
export function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

/** Returns a table of fields; a sentence where there are none. */
export function fieldTable(title: string, schema: Schema): string {
  const fields = fieldsOf(schema)
  if (fields.length === 0) return `${title}: nothing.`
  const rows = fields.map(({ path, schema: part, isOptional }) => {
    return `| \`${path}\`${isOptional ? '?' : ''} | ${cell(kindOf(part))} | ${cell(descriptionOf(part))} |`
  })
  return `| ${title} | Is | Meaning |\n| --- | --- | --- |\n${rows.join('\n')}`
}
