import { pairsIn } from '../../native-workers/unspaced.ts'
import type { Suggestions } from '../../contract/status.ts'
import { companionsOf } from './cochange.ts'
import type { Memory } from './memory.ts'
import { contentWords } from './words.ts'
import { recall } from './recall.ts'

type Try = Suggestions['tries'][number]

/** What suggestions are made from besides the memory itself. */
export interface SuggestionParts {
  readonly memory: Memory
  readonly currentPaths: (signal: AbortSignal) => Promise<ReadonlySet<string>>
  /** Returns the newest commit of each line of a file. */
  readonly blame: (path: string, signal: AbortSignal) => Promise<{ oid: string; line: number }[]>
}

/** Commits that are looked at for something worth showing. */
const recentCommits = 2000

/**
 * Sums up a repository, and names three commands whose answers are worth seeing: each was tried, and none is
 * named that has nothing to say here.
 */
export async function suggest(parts: SuggestionParts, signal: AbortSignal): Promise<Suggestions> {
  const { memory } = parts
  const recent = [...memory.graph.ordinals()]
    .toSorted((a, b) => memory.graph.committerTime(b) - memory.graph.committerTime(a))
    .slice(0, recentCommits)
  const current = await parts.currentPaths(signal)
  const tries = [
    await recallTry(recent, memory, signal),
    await whyTry(recent, current, parts, signal),
    relatedTry(recent, current, memory),
  ]
  const worthwhile = tries.filter((one) => one !== undefined)
  const always = memory.graph.size === 0 ? [] : plainTries
  return { summary: summarise(memory), tries: [...worthwhile, ...always].slice(0, wantedTries) }
}

const wantedTries = 3

/** What has something to say on every history, however short. */
const plainTries: readonly Try[] = [
  { command: 'aios timeline', why: 'what happened, newest first' },
  { command: 'aios show HEAD', why: 'the last commit and what it is tied to' },
]

function summarise({ graph, ties }: Memory): Suggestions['summary'] {
  const authors = new Set<string>()
  let [fixes, reverts, first, last] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const ordinal of graph.ordinals()) {
    authors.add(graph.author(ordinal).email)
    if (graph.kind(ordinal) === 'fix') fixes += 1
    if (graph.kind(ordinal) === 'revert') reverts += 1
    const time = graph.authorTime(ordinal)
    first = Math.min(first, time)
    last = Math.max(last, time)
  }
  const years = { firstYear: yearOf(first), lastYear: yearOf(last) }
  return {
    commits: graph.size,
    authors: authors.size,
    files: graph.allPaths().length,
    fixes,
    reverts,
    ties: ties.count(),
    ...(years.firstYear === undefined ? {} : { firstYear: years.firstYear }),
    ...(years.lastYear === undefined ? {} : { lastYear: years.lastYear }),
  }
}

function yearOf(seconds: number): number | undefined {
  const year = new Date(seconds * 1000).getUTCFullYear()
  return Number.isFinite(year) && year >= 1970 && year < 3000 ? year : undefined
}

/** A question whose answer git log could not give: the subject of something reverted, or of a fix. */
async function recallTry(
  recent: readonly number[],
  memory: Memory,
  signal: AbortSignal,
): Promise<Try | undefined> {
  const { graph, ties } = memory
  const reverted = recent.filter((ordinal) => ties.to(ordinal).some((tie) => tie.kind === 'reverts'))
  const fixes = recent.filter((ordinal) => graph.kind(ordinal) === 'fix')
  for (const ordinal of [...reverted.slice(0, 5), ...fixes.slice(0, 10), ...recent.slice(0, 10)]) {
    const question = phraseOf(graph.subject(ordinal))
    if (!isTelling(question)) continue
    const { hits } = await recall({ question, limit: 3 }, memory, signal)
    if (hits.length === 0) continue
    const why = reverted.includes(ordinal)
      ? 'what was tried and taken back'
      : 'what was done about it, and where'
    return { command: `aios recall ${quote(question)}`, why }
  }
  return undefined
}

/** What a subject says in its author's words, as long as one would type it: no type, no number, no quotes, no option. */
function phraseOf(subject: string): string {
  const plain = subject
    .replace(/^revert\b:?\s*/i, '')
    .replace(/^["“]?\w+(\([^)]*\))?!?:\s+/, '')
    .replace(/\s*\(#\d+\).*$/, '')
    .replace(/["“”`\p{Cc}]|^[\s-]+/gu, '')
  const [clause = ''] = plain.split(/[,;:.](?:\s|$)/)
  return clause.split(/\s+/).slice(0, mostWords).join(' ')
}

const mostWords = 8
const leastTellingWords = 3

const leastPairs = 5

/** Says whether enough words say what it is about: not what every commit does. */
function isTelling(phrase: string): boolean {
  const telling = contentWords(phrase).filter((word) => /^\p{L}{4,}$/u.test(word) && !everyday.has(word))
  return telling.length >= leastTellingWords || pairsIn(phrase).length >= leastPairs
}

const everyday = new Set(
  'chore feat docs test tests bump update updated fix fixes fixed fixing merge revert added adds remove removed'.split(
    ' ',
  ),
)

/** A line whose last commit gives its reasons. */
async function whyTry(
  recent: readonly number[],
  current: ReadonlySet<string>,
  { memory, blame }: SuggestionParts,
  signal: AbortSignal,
): Promise<Try | undefined> {
  const { graph, ties } = memory
  const telling = recent.filter((ordinal) => ties.from(ordinal).length + ties.to(ordinal).length > 0)
  for (const ordinal of [...telling, ...recent].slice(0, 12)) {
    const path = graph.paths(ordinal).find((candidate) => current.has(candidate) && isSource(candidate))
    if (path === undefined) continue
    // A file that cannot be blamed is not worth naming; that is all that follows from it.
    const lines = await blame(path, signal).catch(() => [])
    const line = lines.find(({ oid }) => oid === graph.oid(ordinal))?.line
    if (line !== undefined)
      return { command: `aios why ${argument(`${path}:${line}`)}`, why: 'why this line is as it is' }
  }
  return undefined
}

function isSource(path: string): boolean {
  return /\.(c|cc|cpp|go|h|java|js|kt|mjs|php|pl|py|rb|rs|scala|sh|swift|ts|tsx)$/.test(path)
}

function relatedTry(
  recent: readonly number[],
  current: ReadonlySet<string>,
  { graph, config }: Memory,
): Try | undefined {
  const touched = new Set(recent.slice(0, 200).flatMap((ordinal) => graph.paths(ordinal)))
  const paths = [...touched.intersection(current)]
  const { minimumSupport, minimumConfidence } = config.related
  for (const path of [...paths.filter(isSource), ...paths.filter((one) => !isSource(one))].slice(0, 100)) {
    const fits = companionsOf([path], graph).some(
      (other) =>
        other.support >= minimumSupport && other.confidence >= minimumConfidence && current.has(other.path),
    )
    if (fits) return { command: `aios related ${argument(path)}`, why: 'what else changes when this does' }
  }
  return undefined
}

/** A path that begins with a dash would be taken for an option. */
function argument(path: string): string {
  return quote(path.startsWith('-') ? `./${path}` : path)
}

/** Quotes a word for a POSIX shell where it needs it. */
function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
