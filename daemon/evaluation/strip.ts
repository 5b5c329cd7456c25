/** What a question may not say: the name of its answer. */
const citations: readonly RegExp[] = [
  /^\s*(?:this reverts (?:the )?commits?|\(cherry[ -]picked from)\b.*$/gim,
  // `<sha> ("subject")`, `<sha> (subject, 2020-01-01)`, with or without `commit` before it.
  /\b(?:commit\s+)?(?=[0-9a-f]*\d)[0-9a-f]{7,64}\b(?:\s*\(\s*["“][^"”\n]{0,300}["”](?:,[^()\n]{0,40})?\s*\)|\s*\([^()\n]{0,300},\s*\d{4}-\d\d-\d\d\))?/gi,
  // A subject that is quoted over two lines, after its id was taken away.
  /\(\s*["“][^"”]{0,300}["”]\s*\)/g,
  /^revert:?\s+["“].*["”].*$/gim,
]

const trailers =
  /^(?:[A-Z][A-Za-z-]{1,40}-by|Cc|CC|Fixes|Link|Change-Id|Message-I[dD]|Bug|Ref|Closes|Reported-at|Submitted-at|Tested-at|VMware-BZ):.*$/gm

/**
 * Returns a text without the ids of commits, without quoted subjects and without who signed it. Subjects that must
 * not be told are taken out wherever they stand.
 */
export function withoutCitations(text: string, subjects: readonly string[] = []): string {
  const bare = [trailers, ...citations].reduce((left, pattern) => left.replace(pattern, ' '), text)
  const untold = subjects.reduce((left, subject) => left.replace(patternOf(subject), ' '), bare)
  return untold
    .split('\n')
    .map((line) => line.replace(/[ \t]+/g, ' ').trim())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

/** Finds a subject across line ends, and without the number that a server added to it. */
function patternOf(subject: string): RegExp {
  const words = subject
    .replace(/ \((#|!)\d{1,9}\)$/, '')
    .split(/\s+/)
    .filter((word) => word !== '')
  if (words.length < 2) return /(?!)/g
  return new RegExp(words.map(escaped).join('\\s+'), 'gi')
}

function escaped(word: string): string {
  return word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
