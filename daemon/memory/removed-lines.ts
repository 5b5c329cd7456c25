/** What a change takes out of a file and what it brings in, by what the lines say. */
export interface LineChange {
  /** The lines that go, each with its number. */
  readonly gone: ReadonlyMap<string, number>
  readonly fresh: ReadonlySet<string>
}

/** A change that takes more away is a new beginning, not an oversight. */
const mostRemoved = 200
/** Two lines of which more is the same are one line, edited. */
const alike = 0.5

/**
 * Returns what differs between two texts; a text that was not there before is fresh as a whole.
 *
 * Only what lies between the first and the last line that differ is looked at. A line that is gone from there and
 * stands elsewhere as well is told as gone.
 */
export function compareLines(before: string, after: string): LineChange {
  const { start, end } = sameAround(before, after)
  const old = before.slice(start, before.length - end).split('\n')
  const now = after.slice(start, after.length - end).split('\n')
  const first = start === 0 ? 1 : before.slice(0, start).split('\n').length
  const stays = new Set(now)
  const was = new Set(old)
  const gone = new Map<string, number>()
  for (const [index, line] of old.entries()) {
    if (stays.has(line)) continue
    const key = lineKey(line)
    if (saysEnough(key)) gone.set(key, first + index)
  }
  return { gone, fresh: new Set(now.filter((line) => !was.has(line)).map(lineKey)) }
}

/** Returns how many characters of whole lines two texts have in common at their start, and at their end. */
function sameAround(before: string, after: string): { start: number; end: number } {
  const shortest = Math.min(before.length, after.length)
  let same = 0
  while (same < shortest && before.charCodeAt(same) === after.charCodeAt(same)) same += 1
  const start = same === 0 ? 0 : before.lastIndexOf('\n', same - 1) + 1
  const [last, lastOfAfter] = [before.length - 1, after.length - 1]
  let end = 0
  while (end < shortest - start && before.charCodeAt(last - end) === after.charCodeAt(lastOfAfter - end))
    end += 1
  const line = before.indexOf('\n', before.length - end)
  return { start, end: line < 0 ? 0 : before.length - line }
}

/**
 * Returns the lines that a change takes out of a file for good.
 *
 * What is among the `kept` has moved, and a line of which most words stay has been edited; both are still there.
 */
export function removedLines(
  { gone, fresh }: LineChange,
  kept: ReadonlySet<string>,
): ReadonlyMap<string, number> {
  if (gone.size > mostRemoved || fresh.size > mostRemoved * 2) return new Map()
  const words = [...fresh].map(wordsOf)
  return new Map([...gone].filter(([key]) => !kept.has(key) && !isEdited(wordsOf(key), words)))
}

/** Returns the lines of a text that say enough to be told from others, and stand there once. */
export function uniqueLines(text: string): ReadonlySet<string> {
  const unique = new Set<string>()
  const seen = new Set<string>()
  for (const line of text.split('\n')) {
    const key = lineKey(line)
    if (seen.has(key)) unique.delete(key)
    else if (saysEnough(key)) unique.add(key)
    seen.add(key)
  }
  return unique
}

/** Returns what a line says, however it is indented. */
export function lineKey(line: string): string {
  const text = line.trim()
  return text.includes('  ') || text.includes('\t') ? text.replaceAll(/\s+/g, ' ') : text
}

function saysEnough(key: string): boolean {
  if (key.length < 12 || key.length > 400) return false
  return !remark.test(key) && !importing.test(key) && wordsOf(key).size >= 2
}

const remark = /^(?:\/\/|\/\*|\*|# |<!--|--|;)/
/** What a file imports follows from the rest of it. */
const importing =
  /^(?:import\b|from\b|use\b|using\b|#\s*include\b|(?:const|let|var)\b.*\brequire\s*\(|export\b.*\bfrom\b)/

function wordsOf(key: string): ReadonlySet<string> {
  return new Set(key.match(/[\p{L}\p{N}_$]+/gu))
}

function isEdited(words: ReadonlySet<string>, fresh: readonly ReadonlySet<string>[]): boolean {
  return fresh.some((other) => {
    const same = words.intersection(other).size
    return same >= 2 && same > alike * Math.min(words.size, other.size)
  })
}
