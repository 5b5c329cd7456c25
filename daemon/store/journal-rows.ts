import type { SQLOutputValue } from 'node:sqlite'

/** A row as SQLite returns it. */
export type SqlRow = Record<string, SQLOutputValue>

/** Returns a number of a row. */
export function numberIn(row: SqlRow | undefined, name: string): number {
  const value = row?.[name]
  if (typeof value === 'number') return value
  throw new Error(`The journal holds ${typeof value} in ${name} instead of a number.`)
}

/** Returns a text of a row. */
export function textIn(row: SqlRow, name: string): string {
  const value = row[name]
  if (typeof value === 'string') return value
  throw new Error(`The journal holds ${typeof value} in ${name} instead of text.`)
}

/** Returns a column of texts. */
export function textsOf(rows: readonly SqlRow[], name: string): string[] {
  return rows.map((row) => textIn(row, name))
}
