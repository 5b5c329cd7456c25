import { satisfies, valid, validRange } from 'semver'

/** Says whether the text is a version as semver.org describes it, and nothing besides. */
export function isVersion(text: string): boolean {
  return text.length <= 100 && valid(text) !== null && /^\d/.test(text)
}

/** Says whether the text is a range of versions: `^1.2`, `~1.2.3`, `>=1 <3`, `1.x`, `1 || 2`, `*`. */
export function isRange(text: string): boolean {
  return text.length <= 100 && validRange(text) !== null
}

/** Says whether a version lies in a range, as npm understands both. */
export function isInRange(version: string, range: string): boolean {
  return satisfies(version, range)
}
