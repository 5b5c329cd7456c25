import { detectSecrets, type Secret } from './detect-secrets.ts'
import { privateKeys } from './private-keys.ts'

/** A text in which each secret was replaced by `[redacted:<kind>]`, and how many there were. */
export interface Redacted {
  readonly text: string
  readonly count: number
}

// No rule's pattern passes through this: what begins in one text cannot end in the next.
const between = '\n\0\n'

// What follows `_authToken=` is a secret in this file only.
const npmrc = /(?:^|\/)\.npmrc$/

/** Takes the secrets out of texts, which may have the paths of their files beside them. */
export async function redact(texts: readonly string[], paths: readonly string[] = []): Promise<Redacted[]> {
  const found = await secretsIn(texts, paths)
  return texts.map((text, index) => replaced(text, found[index] ?? [], markerOf))
}

/** Takes the secrets out of texts, each of which keeps its lines: one secret may become several marks. */
export async function redactLines(
  texts: readonly string[],
  paths: readonly string[] = [],
): Promise<Redacted[]> {
  const found = await secretsIn(texts, paths)
  const markLines = (kind: string, secret: string) => secret.replace(/[^\r\n]+/g, markerOf(kind))
  return texts.map((text, index) => replaced(text, found[index] ?? [], markLines))
}

function markerOf(kind: string): string {
  return `[redacted:${kind}]`
}

/** Searches all texts as one, because setting up the rules costs more than searching a short text. */
async function secretsIn(texts: readonly string[], paths: readonly string[]): Promise<Secret[][]> {
  const starts = startsOf(texts)
  const found: Secret[][] = texts.map((text) => privateKeys(text))
  for (const { from, to, kind } of await detectSecrets(texts.join(between))) {
    const index = indexOfText(starts, from)
    const start = starts[index] ?? 0
    found[index]?.push({ from: from - start, to: Math.min(to - start, texts[index]?.length ?? 0), kind })
  }
  for (const [index, path] of paths.entries()) {
    if (npmrc.test(path)) found[index]?.push(...(await detectSecrets(texts[index] ?? '', path)))
  }
  return found
}

function startsOf(texts: readonly string[]): number[] {
  let start = 0
  return texts.map((text) => {
    const here = start
    start += text.length + between.length
    return here
  })
}

/** Returns the last text that begins at or before the place. */
function indexOfText(starts: readonly number[], place: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= place) low = middle
    else high = middle - 1
  }
  return low
}

function replaced(
  text: string,
  secrets: readonly Secret[],
  mark: (kind: string, secret: string) => string,
): Redacted {
  if (secrets.length === 0) return { text, count: 0 }
  const merged = merge(secrets)
  let clean = ''
  let at = 0
  for (const { from, to, kind } of merged) {
    clean += text.slice(at, from) + mark(kind, text.slice(from, to))
    at = to
  }
  return { text: clean + text.slice(at), count: merged.length }
}

/** Returns the secrets in order, those that overlap or touch as one. */
function merge(secrets: readonly Secret[]): Secret[] {
  const merged: Secret[] = []
  for (const secret of secrets.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1)
    if (last === undefined || secret.from > last.to) merged.push(secret)
    else merged[merged.length - 1] = { ...last, to: Math.max(last.to, secret.to) }
  }
  return merged
}
