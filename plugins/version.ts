/** A version in numbers; what stands before a release has its words in `pre`. */
interface Version {
  readonly numbers: readonly [number, number, number]
  readonly pre: readonly string[]
}

/** Says whether the text is a version as semver.org describes it. */
export function isVersion(text: string): boolean {
  return readVersion(text) !== undefined
}

/** Says whether the text is a range of versions: `^1.2`, `~1.2.3`, `>=1 <3`, `1.x`, `1 || 2`, `*`. */
export function isRange(text: string): boolean {
  return text.length <= 100 && readRange(text) !== undefined
}

/**
 * Says whether a version lies in a range, as npm understands both.
 *
 * One that stands before a release lies only in ranges that name one before the same release.
 */
export function isInRange(version: string, range: string): boolean {
  const found = readVersion(version)
  const alternatives = readRange(range)
  if (found === undefined || alternatives === undefined) return false
  return alternatives.some((bounds) => {
    if (!bounds.every((bound) => holds(found, bound))) return false
    return found.pre.length === 0 || bounds.some(({ at }) => at.pre.length > 0 && isSameRelease(at, found))
  })
}

interface Bound {
  readonly is: '>=' | '<' | '>' | '<=' | '='
  readonly at: Version
}

function readVersion(text: string): Version | undefined {
  const found =
    /^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})(?:-([\da-z-]+(?:\.[\da-z-]+)*))?(?:\+[\da-z.-]+)?$/i.exec(
      text,
    )
  if (found === null) return undefined
  const [, major, minor, patch, pre] = found
  return { numbers: [Number(major), Number(minor), Number(patch)], pre: pre?.split('.') ?? [] }
}

function readRange(text: string): Bound[][] | undefined {
  const alternatives = text.split('||').map((part) => readBounds(part.trim()))
  return alternatives.every((bounds) => bounds !== undefined) ? alternatives : undefined
}

function readBounds(text: string): Bound[] | undefined {
  const words = text.replaceAll(/([<>=~^]) +/g, '$1').split(/ +/)
  const read = words.map(readBound)
  return read.every((bounds) => bounds !== undefined) ? read.flat() : undefined
}

function readBound(word: string): Bound[] | undefined {
  const found =
    /^(\^|~|>=|<=|>|<|=)?v?(x|\*|\d{1,9})?(?:\.(x|\*|\d{1,9}))?(?:\.(x|\*|\d{1,9}))?(-[\da-z.-]+)?$/i.exec(
      word,
    )
  if (found === null) return undefined
  const [, sign = '', ...rest] = found
  const [major, minor, patch] = rest
    .slice(0, 3)
    .map((part) => (part === undefined || /[x*]/i.test(part) ? undefined : Number(part)))
  const pre = rest[3] === undefined ? [] : rest[3].slice(1).split('.')
  if (major === undefined) return sign === '' || sign === '>=' ? [] : undefined
  const low: Version = { numbers: [major, minor ?? 0, patch ?? 0], pre }
  const next = nextAfter(major, minor, patch)
  switch (sign) {
    case '^':
      return between(low, caret(major, minor, patch))
    case '~':
      return between(low, minor === undefined ? next : release(major, minor + 1, 0))
    case '>=':
    case '<':
      return [{ is: sign, at: low }]
    case '>':
      return patch === undefined ? [{ is: '>=', at: next }] : [{ is: '>', at: low }]
    case '<=':
      return patch === undefined ? [{ is: '<', at: next }] : [{ is: '<=', at: low }]
    default:
      return patch === undefined ? between(low, next) : [{ is: '=', at: low }]
  }
}

function caret(major: number, minor: number | undefined, patch: number | undefined): Version {
  if (major > 0 || minor === undefined) return release(major + 1, 0, 0)
  if (minor > 0 || patch === undefined) return release(0, minor + 1, 0)
  return release(0, 0, patch + 1)
}

/** Returns the first version behind all that begin with these numbers. */
function nextAfter(major: number, minor: number | undefined, patch: number | undefined): Version {
  if (minor === undefined) return release(major + 1, 0, 0)
  return patch === undefined ? release(major, minor + 1, 0) : release(major, minor, patch + 1)
}

function release(major: number, minor: number, patch: number): Version {
  return { numbers: [major, minor, patch], pre: [] }
}

function between(low: Version, high: Version): Bound[] {
  return [
    { is: '>=', at: low },
    { is: '<', at: high },
  ]
}

function holds(version: Version, { is, at }: Bound): boolean {
  const order = compare(version, at)
  if (is === '=') return order === 0
  if (is === '>=') return order >= 0
  if (is === '<=') return order <= 0
  return is === '>' ? order > 0 : order < 0
}

function compare(one: Version, other: Version): number {
  for (const index of [0, 1, 2] as const) {
    const difference = one.numbers[index] - other.numbers[index]
    if (difference !== 0) return difference
  }
  if (one.pre.length === 0 || other.pre.length === 0) return other.pre.length - one.pre.length
  for (let index = 0; index < Math.max(one.pre.length, other.pre.length); index += 1) {
    const difference = compareWords(one.pre[index], other.pre[index])
    if (difference !== 0) return difference
  }
  return 0
}

function compareWords(one: string | undefined, other: string | undefined): number {
  if (one === other) return 0
  if (one === undefined || other === undefined) return one === undefined ? -1 : 1
  const [left, right] = [Number(one), Number(other)]
  if (Number.isNaN(left) !== Number.isNaN(right)) return Number.isNaN(left) ? 1 : -1
  if (!Number.isNaN(left)) return left - right
  return one < other ? -1 : 1
}

function isSameRelease(one: Version, other: Version): boolean {
  return one.numbers.every((number, index) => number === other.numbers[index])
}
