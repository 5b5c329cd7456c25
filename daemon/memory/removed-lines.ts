/** What a change takes out of a file. */
export interface RemovedLines {
  /** The numbers of the lines that go, by what they say. */
  readonly removed: ReadonlyMap<string, number>
  /** Every line of the file that can be told from all others. */
  readonly unique: ReadonlySet<string>
}

/** A change that takes more away is a new beginning, not an oversight. */
const mostRemoved = 200
/** Two lines of which so much is the same are one line, edited. */
const alike = 0.5

/**
 * Returns the lines that a change takes out of a file for good.
 *
 * What stands in `kept` has moved, and a line of which most words stay has been edited; both are still there.
 */
export function removedLines(before: string, after: string, kept: ReadonlySet<string>): RemovedLines {
  const unique = uniqueLines(before)
  const stays = new Set(linesOf(after).map(lineKey))
  const gone = [...unique].filter(([key]) => !stays.has(key) && !kept.has(key))
  const was = new Set(linesOf(before).map(lineKey))
  const fresh = [...stays].filter((key) => !was.has(key)).map(wordsOf)
  const isLost = gone.length <= mostRemoved && fresh.length <= mostRemoved * 2
  const removed = isLost ? gone.filter(([key]) => !isEdited(wordsOf(key), fresh)) : []
  return { removed: new Map(removed), unique: new Set(unique.keys()) }
}

/** Returns what a line says, however it is indented. */
export function lineKey(line: string): string {
  return line.trim().replaceAll(/\s+/g, ' ')
}

/** Returns the lines of a text. */
export function linesOf(text: string): string[] {
  return text.split('\n')
}

/** The lines that say enough to be told from others and stand there once, with their numbers. */
function uniqueLines(text: string): Map<string, number> {
  const unique = new Map<string, number>()
  const seen = new Set<string>()
  for (const [index, line] of linesOf(text).entries()) {
    const key = lineKey(line)
    if (seen.has(key)) unique.delete(key)
    else if (saysEnough(key)) unique.set(key, index + 1)
    seen.add(key)
  }
  return unique
}

function saysEnough(key: string): boolean {
  return key.length >= 12 && key.length <= 400 && !/^(?:\/\/|\/\*|\*|# |<!--|--|;)/.test(key) && wordsOf(key).size >= 2
}

function wordsOf(key: string): Set<string> {
  return new Set(key.match(/[\p{L}\p{N}_$]+/gu))
}

function isEdited(words: ReadonlySet<string>, fresh: readonly ReadonlySet<string>[]): boolean {
  return fresh.some((other) => {
    const same = words.intersection(other).size
    return same / Math.max(1, Math.min(words.size, other.size)) > alike && same >= 2
  })
}
