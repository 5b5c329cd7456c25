import type { Filters, Hit, RecallAnswer } from '../../contract/answers.ts'
import type { InputOf } from '../../contract/route.ts'
import type { routes } from '../../contract/routes.ts'
import { distinctTerms } from '../../native-workers/tokenise.ts'
import type { Match } from '../store/store.ts'
import { coverageOf } from './coverage.ts'
import { admitting, fitting, seeingAsOf, type Admits } from './filters.ts'
import { describeHits } from './hits.ts'
import type { Memory } from './memory.ts'
import { understand, type UnderstoodQuestion } from './question.ts'
import { rank, type Candidate, type Priors, type SearchSignal } from './rank.ts'
import { resolveRevision } from './revision.ts'
import { tiesSeenBy } from './ties.ts'
import { contentWords, stemOf } from './words.ts'
import { nearBest, speakingOf } from './worthwhile.ts'

type Question = InputOf<typeof routes.recall>

/**
 * Finds what a repository remembers about a question.
 *
 * The kind of question sets how much each signal counts. When the best answer covers too little of what was
 * asked, there is no answer: the least bad one would be believed.
 */
export async function recall(input: Question, memory: Memory, signal: AbortSignal): Promise<RecallAnswer> {
  const began = performance.now()
  const { graph, config } = memory
  const filters = input.filters ?? {}
  const sees = await seeingAsOf(filters.asOf, graph, (revision) => resolveRevision(revision, memory, signal))
  const seen = sees === undefined ? memory : { ...memory, ties: tiesSeenBy(memory.ties, graph, sees) }
  const understood = understand(input.question, (text) => graph.touching(text).some(sees ?? isThere))
  const admits = admitting(filters, { graph, now: memory.now, sees })
  const limits: Limits = { admits, sees, refused: new Set() }
  const candidates = await candidatesFor(understood, seen, limits, signal)
  const words = contentWords(understood.words)
  const shown = nearBest(candidates).slice(0, input.limit ?? config.recall.limit)
  const preferred = filters.path === undefined ? shown : preferring(shown, fitting(filters.path))
  const described = await describeHits(preferred, words, seen, input.explain === true, signal)
  const isNamed = understood.kind === 'commit'
  const hits = isNamed ? described : speakingOf(described, words, shown)
  const refusal = isNamed
    ? noneFound(hits)
    : hits.length === 0
      ? nothingFound(limits.refused.size, filters)
      : refusalOf(hits, words, config.recall.abstainBelow)
  return {
    question: input.question,
    kind: understood.kind,
    hits: refusal === undefined ? hits : [],
    abstained: refusal !== undefined && hits.length > 0,
    ...(refusal === undefined ? {} : { reason: refusal }),
    tookMs: performance.now() - began,
  }
}

/** Which commits may be part of an answer. */
interface Limits {
  readonly admits: Admits | undefined
  /** What could be seen at the revision asked about; what was refused is counted among these only. */
  readonly sees: Admits | undefined
  /** Commits that were found and not admitted. */
  readonly refused: Set<number>
}

/** Who asks about some paths is shown what was said there, if anything was. */
function preferring(candidates: readonly Candidate[], fits: (path: string) => boolean): Candidate[] {
  return candidates.map((candidate) => {
    const inside = candidate.passages.filter(({ path }) => path !== undefined && fits(path))
    return inside.length === 0 ? candidate : { ...candidate, passages: inside }
  })
}

function isThere(): boolean {
  return true
}

async function candidatesFor(
  question: UnderstoodQuestion,
  memory: Memory,
  limits: Limits,
  signal: AbortSignal,
): Promise<Candidate[]> {
  const { admits } = limits
  if (question.kind === 'commit') return namedCommits(question.words, memory, admits)
  const { store, embedder, graph } = memory
  const weights = memory.config.recall.weights[question.kind]
  const terms = distinctTerms(question.words).join(' ')
  const vector = weights.vector === 0 ? undefined : await embedder.embedQuestion(question.words, signal)
  const search = (find: (limit: number) => Promise<Match[]>) => searchAdmitted(find, memory, limits)
  const near = { admits, sees: limits.sees, refused: new Set<number>() }
  const [message, paths, inTerms, meant] = await Promise.all([
    search((limit) => store.searchText('message', question.words, limit)),
    search((limit) => store.searchText('paths', question.words, limit)),
    search((limit) => store.searchText('terms', terms, limit)),
    vector === undefined
      ? []
      : searchAdmitted((limit) => store.searchVector(vector, limit, embedder.id), memory, near),
  ])
  const touching = question.kind === 'path' ? touchingPath(question.words, memory, admits) : []
  const named =
    question.kind === 'diff' ? [] : graph.subjects.search(question.words, subjectsWanted, admits ?? isThere)
  const found = {
    subject: named.map(({ ordinal, score }) => ({ oid: graph.oid(ordinal), score })),
    message,
    paths: [...touching, ...paths],
    terms: inTerms,
    vector: meant,
  }
  const exact = new Set(named.filter(({ isExact }) => isExact).map(({ ordinal }) => graph.oid(ordinal)))
  const ranked = rank(
    { ...found, exact, cut: cutOf(found) },
    weights,
    priorsOf(memory, question.words),
  ).filter(({ oid }) => graph.ordinalOf(oid) !== undefined)
  return living(ranked, memory, admits)
}

/** Full text of a message has something to say of any commit it did not bring up; the rest said what they had. */
const searchesThatAreCut = ['message', 'terms'] as const

function cutOf(found: Readonly<Record<SearchSignal, readonly Match[]>>): Set<SearchSignal> {
  return new Set(searchesThatAreCut.filter((signal) => found[signal].length >= matchesPerSearch))
}

/** Puts the commit that lives in the place of those that it took over from; one episode is one answer. */
function living(
  candidates: readonly Candidate[],
  { graph, identities, isReachable }: Memory,
  admits: Admits | undefined,
): Candidate[] {
  const answers = new Map<string, Candidate>()
  for (const candidate of candidates) {
    const latest = identities.latest(candidate.oid)
    const ordinal = graph.ordinalOf(latest)
    const isLiving = ordinal !== undefined && isReachable(latest) && (admits?.(ordinal) ?? true)
    const oid = isLiving ? latest : candidate.oid
    if (answers.has(oid)) continue
    answers.set(oid, oid === candidate.oid ? candidate : { ...candidate, oid, passages: [] })
  }
  return [...answers.values()]
}

/** Matches that each search contributes to the ranking. */
const matchesPerSearch = 100

/** Subjects that are brought up; a subject that fits less than so many others is not what was meant. */
const subjectsWanted = 50

/** Asks for more and more until enough of what is found is admitted, or everything was seen. */
async function searchAdmitted(
  find: (limit: number) => Promise<Match[]>,
  { graph }: Memory,
  { admits, sees, refused }: Limits,
): Promise<Match[]> {
  for (let limit = matchesPerSearch; ; limit *= 8) {
    const found = await find(limit)
    const admitted = found.filter(({ oid }) => {
      const ordinal = graph.ordinalOf(oid)
      if (ordinal === undefined || !graph.isKnown(ordinal)) return false
      if (admits === undefined || admits(ordinal)) return true
      if (sees === undefined || sees(ordinal)) refused.add(ordinal)
      return false
    })
    const seenAll = found.length < limit || admits === undefined
    if (seenAll || admitted.length >= matchesPerSearch) return admitted.slice(0, matchesPerSearch)
  }
}

/** Who asks for a path wants its newest changes first. */
function touchingPath(path: string, { graph }: Memory, admits: Admits | undefined): Match[] {
  return graph
    .touching(path)
    .filter((ordinal) => admits === undefined || admits(ordinal))
    .toSorted((a, b) => graph.committerTime(b) - graph.committerTime(a))
    .slice(0, matchesPerSearch)
    .map((ordinal, place) => ({ oid: graph.oid(ordinal), score: 1_000_000 - place }))
}

function namedCommits(prefix: string, { graph, ties }: Memory, admits: Admits | undefined): Candidate[] {
  const named = ties.startingWith(prefix.toLowerCase())
  const linked = named.flatMap((ordinal) =>
    ties.to(ordinal).flatMap((tie) => graph.ordinalOf(tie.from) ?? []),
  )
  const signals = { subject: 0, message: 0, paths: 0, terms: 0, vector: 0, recency: 0, trust: 0 }
  return [...new Set([...named, ...linked])]
    .filter((ordinal) => admits === undefined || admits(ordinal))
    .map((ordinal) => ({
      oid: graph.oid(ordinal),
      score: named.includes(ordinal) ? 1 : 0.5,
      worth: 1,
      isExact: named.includes(ordinal),
      signals,
      passages: [],
    }))
}

const halfLifeSeconds = 2 * 365 * 86_400

/** A merge quotes the subjects of others, and is seldom what is asked for; so is what is no revert, of reverts. */
const unlikely = { merge: 0.65, noRevert: 0.75 } as const

function priorsOf({ graph, ties, isReachable, now }: Memory, question: string): Priors {
  const words = new Set(distinctTerms(question).map(stemOf))
  const wantsMerges = words.has(stemOf('merge'))
  const wantsReverts = words.has(stemOf('reverts'))
  const age = (oid: string): number => {
    const ordinal = graph.ordinalOf(oid)
    return ordinal === undefined ? 0 : Math.max(0, now() / 1000 - graph.committerTime(ordinal))
  }
  return {
    kind(oid) {
      const kind = graph.kind(graph.ordinalOf(oid) ?? -1)
      const ofMerge = kind === 'merge' && !wantsMerges ? unlikely.merge : 1
      return ofMerge * (wantsReverts && kind !== 'revert' ? unlikely.noRevert : 1)
    },
    recency: (oid) => 0.5 ** (age(oid) / halfLifeSeconds),
    trust(oid) {
      const ordinal = graph.ordinalOf(oid)
      if (ordinal === undefined || !isReachable(oid)) return 0
      return ties.to(ordinal).some((tie) => tie.kind === 'reverts') ? 0.3 : 1
    },
  }
}

function noneFound(hits: readonly Hit[]): string | undefined {
  return hits.length === 0 ? 'No remembered commit has this id.' : undefined
}

/** Says what the filters kept out, which is not the same as there being nothing. */
function nothingFound(refused: number, filters: Filters): string {
  if (refused === 0) return 'Nothing that is remembered has any of these words.'
  const named = Object.entries(filters).flatMap(([name, value]) =>
    name === 'asOf' ? [] : [`--${name} ${value}`],
  )
  const commits = refused === 1 ? '1 commit has' : `${refused} commits have`
  return `${commits} some of these words, and none passes ${named.join(' ')}.`
}

/** Returns why there is no answer; undefined when there is one. */
function refusalOf(hits: readonly Hit[], words: readonly string[], least: number): string | undefined {
  const best = Math.max(...hits.slice(0, 5).map((hit) => coverageOf(hit, words)))
  if (best >= least) return undefined
  return `The best answer covers ${Math.round(best * 100)} % of the question; ${Math.round(least * 100)} % are asked for.`
}
