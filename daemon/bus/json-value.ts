/** Names that lead from a value to what all values share. */
const forbidden: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** Levels of a value; what is deeper was made to break who walks it. */
const mostLevels = 64

/** Says whether a name may be a member's. */
export function isPlainName(name: string): boolean {
  return !forbidden.has(name)
}

/**
 * Returns about how many bytes a value takes as JSON; undefined when it is no plain JSON or is more than `most`.
 *
 * Refuses what JSON cannot say, names that reach prototypes, and whatever has no end.
 */
export function weightOf(value: unknown, most: number, levels = mostLevels): number | undefined {
  if (value === null || typeof value === 'boolean') return 4
  if (typeof value === 'number') return Number.isFinite(value) ? 8 : undefined
  if (typeof value === 'string') return value.length <= most ? value.length + 2 : undefined
  if (typeof value !== 'object' || levels === 0 || !isPlain(value)) return undefined
  let weight = 2
  for (const [name, part] of Object.entries(value)) {
    if (!isPlainName(name)) return undefined
    const added = weightOf(part, most - weight, levels - 1)
    if (added === undefined) return undefined
    weight += added + (Array.isArray(value) ? 1 : name.length + 4)
    if (weight > most) return undefined
  }
  return weight
}

/** Returns the same value, which nobody can change any more: no listener can change what another is given. */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  for (const part of Object.values(value)) frozen(part)
  return Object.freeze(value)
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return Array.isArray(value) || prototype === Object.prototype || prototype === null
}
