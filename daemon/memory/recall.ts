import type { Hit, RecallAnswer } from '../../contract/answers.ts'
import type { InputOf } from '../../contract/route.ts'
import type { routes } from '../../contract/routes.ts'
import { distinctTerms } from '../../native-workers/tokenise.ts'
import type { Match } from '../store/store.ts'
import { coverageOf } from './coverage.ts'
import { admitting, seeingAsOf, type Admits } from './filters.ts'
import { describeHits } from './hits.ts'
import type { Memory } from './memory.ts'
import { understand, type UnderstoodQuestion } from './question.ts'
import { rank, type Candidate, type Priors } from './rank.ts'
import { resolveRevision } from './revision.ts'
import { tiesSeenBy } from './ties.ts'
import { contentWords } from './words.ts'

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
  const candidates = await candidatesFor(understood, seen, admits, signal)
  const words = contentWords(understood.words)
  const limit = input.limit ?? config.recall.limit
  const hits = await describeHits(candidates.slice(0, limit), words, seen, input.explain === true, signal)
  const refusal =
    understood.kind === 'commit' ? noneFound(hits) : refusalOf(hits, words, config.recall.abstainBelow)
  return {
    question: input.question,
    kind: understood.kind,
    hits: refusal === undefined ? hits : [],
    abstained: refusal !== undefined && hits.length > 0,
    ...(refusal === undefined ? {} : { reason: refusal }),
    tookMs: performance.now() - began,
  }
}

function isThere(): boolean {
  return true
}

async function candidatesFor(
  question: UnderstoodQuestion,
  memory: Memory,
  admits: Admits | undefined,
  signal: AbortSignal,
): Promise<Candidate[]> {
  if (question.kind === 'commit') return namedCommits(question.words, memory, admits)
  const { store, embedder, graph } = memory
  const weights = memory.config.recall.weights[question.kind]
  const terms = distinctTerms(question.words).join(' ')
  const vector = weights.vector === 0 ? undefined : await embedder.embedQuestion(question.words, signal)
  const search = (find: (limit: number) => Promise<Match[]>) => searchAdmitted(find, memory, admits)
  const [message, paths, inTerms, near] = await Promise.all([
    search((limit) => store.searchText('message', question.words, limit)),
    search((limit) => store.searchText('paths', question.words, limit)),
    search((limit) => store.searchText('terms', terms, limit)),
    vector === undefined ? [] : search((limit) => store.searchVector(vector, limit, embedder.id)),
  ])
  const touching = question.kind === 'path' ? touchingPath(question.words, memory, admits) : []
  const found = { message, paths: [...touching, ...paths], terms: inTerms, vector: near }
  const ranked = rank(found, weights, priorsOf(memory)).filter(
    ({ oid }) => graph.ordinalOf(oid) !== undefined,
  )
  return living(ranked, memory, admits)
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

/** Asks for more and more until enough of what is found is admitted, or everything was seen. */
async function searchAdmitted(
  find: (limit: number) => Promise<Match[]>,
  { graph }: Memory,
  admits: Admits | undefined,
): Promise<Match[]> {
  for (let limit = matchesPerSearch; ; limit *= 8) {
    const found = await find(limit)
    const admitted = found.filter(({ oid }) => {
      const ordinal = graph.ordinalOf(oid)
      return ordinal !== undefined && graph.isKnown(ordinal) && (admits === undefined || admits(ordinal))
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
  const signals = { message: 0, paths: 0, terms: 0, vector: 0, recency: 0, trust: 0 }
  return [...new Set([...named, ...linked])]
    .filter((ordinal) => admits === undefined || admits(ordinal))
    .map((ordinal) => ({
      oid: graph.oid(ordinal),
      score: named.includes(ordinal) ? 1 : 0.5,
      signals,
      passages: [],
    }))
}

const halfLifeSeconds = 2 * 365 * 86_400

function priorsOf({ graph, ties, isReachable, now }: Memory): Priors {
  const age = (oid: string): number => {
    const ordinal = graph.ordinalOf(oid)
    return ordinal === undefined ? 0 : Math.max(0, now() / 1000 - graph.committerTime(ordinal))
  }
  return {
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

/** Returns why there is no answer; undefined when there is one. */
function refusalOf(hits: readonly Hit[], words: readonly string[], least: number): string | undefined {
  if (hits.length === 0) return 'Nothing that is remembered has any of these words.'
  const best = Math.max(...hits.slice(0, 5).map((hit) => coverageOf(hit, words)))
  if (best >= least) return undefined
  return `The best answer covers ${Math.round(best * 100)} % of the question; ${Math.round(least * 100)} % are asked for.`
}
