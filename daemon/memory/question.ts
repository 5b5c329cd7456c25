import type { QuestionKind } from '../../contract/answers.ts'

/** A question, understood as far as its form tells. */
export interface UnderstoodQuestion {
  readonly kind: QuestionKind
  /** What to search messages for. */
  readonly words: string
  /** The question as it was asked. */
  readonly text: string
}

/** Returns what kind of question this is: only its form is looked at, and which paths exist. */
export function understand(question: string, isPath: (text: string) => boolean): UnderstoodQuestion {
  const text = question.trim()
  if (/^[0-9a-f]{7,64}$/i.test(text) && /\d/.test(text)) return { kind: 'commit', words: text, text }
  if (looksLikeDiff(text)) return { kind: 'diff', words: changedLines(text), text }
  if (!/\s/.test(text) && (isPath(text) || /^[\w@.-]+(\/[\w@.-]+)+$/.test(text)))
    return { kind: 'path', words: text, text }
  return { kind: looksLikeCode(text) ? 'code' : 'prose', words: text, text }
}

function looksLikeDiff(text: string): boolean {
  if (/^(diff --git |@@ -\d)/m.test(text)) return true
  const lines = text.split('\n')
  return lines.length >= 3 && lines.filter((line) => /^[+-](?![+-])/.test(line)).length * 2 >= lines.length
}

/**
 * Headers of a diff name blobs and modes, which no commit speaks of. Lines that stay are left out as well: a search
 * takes some words only, and those that come or go say more.
 */
function changedLines(diff: string): string {
  const isCut = /^@@ -\d/m.test(diff)
  return diff
    .split('\n')
    .filter(
      (line) =>
        !/^(index [0-9a-f]|(new|old|deleted) (file )?mode|similarity index|diff --git)/.test(line) &&
        !(isCut && line.startsWith(' ')),
    )
    .map((line) => line.replace(/^(@@ [^@]*@@|[+-]{1,3}( [ab]\/)?)/, ''))
    .join('\n')
}

const identifier =
  /\b([a-z]+[a-z0-9]*[A-Z]\w*|[A-Z][a-z0-9]+[A-Z]\w*|\w+_\w+|\w+\(\)?|\w+(::|->)\w+|\w+\.\w{2,}\()/

/** One identifier among a few words is enough; in a long sentence it must not be the only one. */
function looksLikeCode(text: string): boolean {
  const words = text.split(/\s+/)
  const named = words.filter((word) => identifier.test(word)).length
  return named > 0 && (words.length <= 4 || named * 4 >= words.length || /[{};=]|=>/.test(text))
}
