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

/** Returns what differs between two texts; a text that was not there before is fresh as a whole. */
export function compareLines(before: string, after: string): LineChange {
  const old = before.split('\n')
  const now = after.split('\n')
  const stays = new Set(now)
  const was = new Set(old)
  const gone = new Map<string, number>()
  for (const [index, line] of old.entries()) {
    if (stays.has(line)) continue
    const key = lineKey(line)
    if (saysEnough(key)) gone.set(key, index + 1)
  }
  return { gone, fresh: new Set(now.filter((line) => !was.has(line)).map(lineKey)) }
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
