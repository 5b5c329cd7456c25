/** Returns a value as YAML on one line, fit to stand between brackets. */
export function inFlow(value: unknown): string {
  return Array.isArray(value) ? `[${value.map(inFlow).join(', ')}]` : scalar(value)
}

/** Returns items as YAML, one a line, the first of which stands at the column already. */
export function inBlock(list: readonly unknown[], column: number, endOfLine: string): string {
  return list.map((item) => `- ${scalar(item)}`).join(endOfLine + ' '.repeat(column))
}

/** Returns the lines that set a value at a path of sections. */
export function mapping(path: readonly string[], value: unknown, indent: string, endOfLine: string): string {
  const lines = path.map((name, depth) => `${indent}${'  '.repeat(depth)}${name}:`)
  return `${lines.join(endOfLine)} ${inFlow(value)}${endOfLine}`
}

function scalar(value: unknown): string {
  if (typeof value !== 'string') return String(value)
  if (/^[a-z][a-z0-9-]*$/i.test(value) && !/^(?:true|false|null)$/i.test(value)) return value
  return /\p{C}|\p{Zl}|\p{Zp}/u.test(value) ? JSON.stringify(value) : `'${value.replaceAll("'", "''")}'`
}
