import type { Trailer } from '../../contract/episode.ts'

/**
 * Returns the `Key: value` lines at the end of a message, found by the rules of `git interpret-trailers`.
 *
 * They are in the last paragraph, unless that is the subject, when all of its lines are trailers, or when git
 * wrote one of them and a quarter are. A value that goes on in the next line is one line here.
 */
export function trailersOf(message: string): Trailer[] {
  const lines = withoutLeftovers(message.split('\n'))
  return trailersIn(lines.slice(startOf(lines)))
}

/** Drops what git ignores at the end: comments, empty lines and the list of conflicts of old. */
function withoutLeftovers(lines: readonly string[]): readonly string[] {
  let end: number | undefined
  let isInConflicts = false
  for (const [index, line] of lines.entries()) {
    if (line === '' || isComment(line)) end ??= index
    else if (line === 'Conflicts:') {
      isInConflicts = true
      end ??= index
    } else if (!isInConflicts || !line.startsWith('\t')) {
      end = undefined
      isInConflicts = false
    }
  }
  return lines.slice(0, end)
}

/** Returns where the trailers begin; the number of lines when there are none. */
function startOf(lines: readonly string[]): number {
  const subjectEnd = lines.findIndex((line) => !isComment(line) && isBlank(line))
  if (subjectEnd === -1) return lines.length
  let [trailers, others, continuations] = [0, 0, 0]
  let isByGit = false
  for (let at = lines.length - 1; at >= subjectEnd; at -= 1) {
    const line = lines[at] ?? ''
    if (isBlank(line)) {
      if (trailers + others + continuations === 0) continue
      const rest = others + continuations
      return (isByGit && trailers * 3 >= rest) || (trailers > 0 && rest === 0) ? at + 1 : lines.length
    }
    if (isComment(line) || !(isTrailer(line) || isContinuation(line))) {
      others += continuations + (isComment(line) ? 0 : 1)
      continuations = 0
    } else if (isTrailer(line)) {
      trailers += 1
      continuations = 0
      isByGit ||= writtenByGit.test(line)
    } else continuations += 1
  }
  return lines.length
}

function trailersIn(lines: readonly string[]): Trailer[] {
  const found: { key: string; value: string }[] = []
  let isOpen = false
  for (const line of lines) {
    if (isComment(line)) continue
    const [, key = '', value = ''] = separator.exec(line) ?? []
    const last = found.at(-1)
    if (isContinuation(line) && isOpen && last !== undefined) last.value += ` ${line.trimStart()}`
    else if (key !== '') found.push({ key, value })
    isOpen = key !== '' || (isOpen && isContinuation(line))
  }
  return found.map(({ key, value }) => ({ key, value: value.trim() }))
}

const separator = /^([A-Za-z0-9-]+)[ \t]*:(.*)$/
const writtenByGit = /^(Signed-off-by: |\(cherry picked from commit )/

function isTrailer(line: string): boolean {
  return writtenByGit.test(line) || separator.test(line)
}

function isContinuation(line: string): boolean {
  return /^[ \t\r]/.test(line)
}

function isComment(line: string): boolean {
  return line.startsWith('#')
}

function isBlank(line: string): boolean {
  return /^[ \t\r]*$/.test(line)
}
