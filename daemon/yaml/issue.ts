import { AiosError, type ErrorCode } from '../../contract/errors.ts'

/** One thing that is wrong with a layer of the configuration. */
export interface Issue {
  readonly code: Extract<ErrorCode, `config.${string}`>
  /** Where in the text it is; left out where there is no text to point into. */
  readonly at?: { readonly line: number; readonly column: number }
  /** A sentence, complete but for the place. */
  readonly message: string
}

/** How many issues of a layer are shown; the others are only counted. */
export const mostShown = 10

/** Returns one error for each kind of issue, each saying where and what, ten at most and the number of the rest. */
export function problemsOf(place: string, issues: readonly Issue[]): AiosError[] {
  const codes = [...new Set(issues.map(({ code }) => code))]
  return codes.map((code) => {
    const alike = issues.filter((issue) => issue.code === code)
    const lines = alike.slice(0, mostShown).map((issue) => `${placeOf(place, issue)}: ${issue.message}`)
    if (alike.length > mostShown) lines.push(`… and ${alike.length - mostShown} more.`)
    return new AiosError(code, lines.join('\n'))
  })
}

/** Returns the text for a message: in quotes, at most sixty letters, with nothing that a terminal would obey. */
export function quoted(text: string): string {
  const letters = Array.from(text.slice(0, 200))
  const cut = letters.length > 60 ? `${letters.slice(0, 59).join('')}…` : letters.join('')
  return `"${visible(cut)}"`
}

/** Returns the text with every control, formatting and unpaired character written as its code. */
export function visible(text: string): string {
  return text.replaceAll(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (letter) => `\\u{${(letter.codePointAt(0) ?? 0).toString(16)}}`,
  )
}

function placeOf(place: string, { at }: Issue): string {
  return at === undefined ? place : `${place}:${at.line}:${at.column}`
}
