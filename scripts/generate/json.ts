const width = 110

/** Returns JSON laid out as the formatter does: objects one member a line, lists on one line where they fit. */
export function printJson(value: unknown): string {
  return `${print(value, '', 0)}\n`
}

function print(value: unknown, indent: string, used: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const deeper = `${indent}  `
  if (!Array.isArray(value)) {
    const members = Object.entries(value).map(([name, part]) => {
      const start = `${deeper}${JSON.stringify(name)}: `
      return start + print(part, deeper, start.length + 1)
    })
    return members.length === 0 ? '{}' : `{\n${members.join(',\n')}\n${indent}}`
  }
  const parts = value.map((part) => print(part, deeper, deeper.length + 1))
  const line = `[${parts.join(', ')}]`
  if (!line.includes('\n') && used + line.length <= width) return line
  return `[\n${parts.map((part) => deeper + part).join(',\n')}\n${indent}]`
}
