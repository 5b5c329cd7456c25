import type { LineChanges } from '../git/line-changes.ts'

/** What a change takes out of a file and what it brings in, by what the lines say. */
export interface SaidChange {
  /** The lines that go, each with its number. */
  readonly gone: ReadonlyMap<string, number>
  readonly fresh: ReadonlySet<string>
}

/** A change that takes more away is a new beginning, not an oversight. */
const mostRemoved = 200
/** Two lines of which more is the same are one line, edited. */
const alike = 0.5

/** Returns what lines say that go, and those that come. */
export function saidOf({ gone, fresh }: LineChanges): SaidChange {
  return {
    gone: new Map(gone.map(({ text, line }) => [lineKey(text), line])),
    fresh: new Set(fresh.map(({ text }) => lineKey(text))),
  }
}

/**
 * Returns the lines that a change takes out of a file for good.
 *
 * What is among the `kept` has moved, and a line of which most words stay has been edited; both are still there.
 */
export function removedLines(
  { gone, fresh }: SaidChange,
  kept: ReadonlySet<string>,
): ReadonlyMap<string, number> {
  if (fresh.size > mostRemoved * 2) return new Map()
  const telling = [...gone].filter(([key]) => saysEnough(key))
  if (telling.length > mostRemoved) return new Map()
  const isEdited = editsOf(fresh)
  return new Map(telling.filter(([key]) => !kept.has(key) && !isEdited(wordsOf(key))))
}

/** Returns those of some lines that say enough to be told from others, and that stand in the text once. */
export function standingOnce(keys: ReadonlySet<string>, text: string): string[] {
  const times = new Map<string, number>()
  for (const line of text.split('\n')) {
    const key = lineKey(line)
    if (keys.has(key)) times.set(key, (times.get(key) ?? 0) + 1)
  }
  return [...keys].filter((key) => times.get(key) === 1 && saysEnough(key))
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

/** Returns what says whether a line became one of these: only those are compared that have a word of it. */
function editsOf(fresh: ReadonlySet<string>): (words: ReadonlySet<string>) => boolean {
  const sizes: number[] = []
  const having = new Map<string, number[]>()
  for (const [line, words] of [...fresh].map(wordsOf).entries()) {
    sizes.push(words.size)
    for (const word of words) {
      const lines = having.get(word)
      if (lines === undefined) having.set(word, [line])
      else lines.push(line)
    }
  }
  return (words) => {
    const same = new Map<number, number>()
    for (const word of words) {
      for (const line of having.get(word) ?? []) {
        const count = (same.get(line) ?? 0) + 1
        if (count >= 2 && count > alike * Math.min(words.size, sizes[line] ?? 0)) return true
        same.set(line, count)
      }
    }
    return false
  }
}
