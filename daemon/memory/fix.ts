const mending =
  /\b(?:fix(?:e[sd])?|bug(?:fix)?|hotfix|regression|crash(?:es)?|leaks?|segfault|race|deadlock|overflow)\b/i
const ofForm =
  /\b(?:typos?|lint(?:er|ing)?|format(?:ting)?|docs?|documentation|readme|changelog|comments?|spelling|grammar|links?|types?|typings?|types?cript|tests?|flaky|coverage|ci|workflow|build|deps?|dependenc\w+|bump|indent\w*|whitespace|style|warnings?)\b/i

/** Says whether the subject of a commit says that it mended what a program does, not how it looks or is made. */
export function isOfCode(subject: string): boolean {
  return mending.test(subject) && !ofForm.test(subject)
}

const closing =
  /\b(?:fix(?:es|ed)?|close[sd]?|resolve[sd]?)\b:?\s+((?:[\w.-]{1,64}\/[\w.-]{1,64})?#\d{1,9}|GH-\d{1,9}|https:\/\/[\w.-]{1,100}\/[\w./-]{1,200}\/issues\/\d{1,9}|[0-9a-f]{12,40}(?![0-9a-f]))/gi

/** Returns the issues and commits that a message says it closed or fixed, as written. */
export function closedBy(message: string): string[] {
  return [...new Set([...message.matchAll(closing)].map(([, what = '']) => what))].slice(0, 10)
}
