import { distinctTerms } from '../../native-workers/tokenise.ts'
import type { Match } from '../store/store.ts'
import type { Admits } from './filters.ts'
import type { Memory } from './memory.ts'
import type { UnderstoodQuestion } from './question.ts'
import { noSignals, rank, type Candidate, type Priors, type SearchSignal } from './rank.ts'
import { suspectsOf, type Suspects } from './suspects.ts'
import { stemOf } from './words.ts'

/** Which commits may be part of an answer. */
export interface Limits {
  readonly admits: Admits | undefined
  /** What could be seen at the revision asked about; what was refused is counted among these only. */
  readonly sees: Admits | undefined
  /** Commits that were found and not admitted. */
  readonly refused: Set<number>
  /** The revision whose files are looked at. */
  readonly at: string
}

/** Returns the commits that may answer a question, best first, before it is known what of them is worth showing. */
export async function candidatesFor(
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
  const near = { ...limits, refused: new Set<number>() }
  const [message, paths, inTerms, meant, suspects] = await Promise.all([
    search((limit) => store.searchText('message', question.words, limit)),
    search((limit) => store.searchText('paths', question.words, limit)),
    search((limit) => store.searchText('terms', terms, limit)),
    vector === undefined
      ? []
      : searchAdmitted((limit) => store.searchVector(vector, limit, embedder.id), memory, near),
    question.kind === 'diff' ? suspectsOf(question.text, memory, admits, limits.at, signal) : nobody,
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
    ...suspects,
  }
  const exact = new Set(named.filter(({ isExact }) => isExact).map(({ ordinal }) => graph.oid(ordinal)))
  const ranked = rank({ ...found, exact, cut: cutOf(found) }, weights, priorsOf(memory, question)).filter(
    ({ oid }) => graph.ordinalOf(oid) !== undefined,
  )
  return living(ranked, memory, admits)
}

const nobody: Suspects = { files: [], blame: [] }

/** Full text of a message has something to say of any commit it did not bring up; the rest said what they had. */
const searchesThatAreCut = ['message', 'terms'] as const

function cutOf(
  found: Readonly<Record<(typeof searchesThatAreCut)[number], readonly Match[]>>,
): Set<SearchSignal> {
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
  return [...new Set([...named, ...linked])]
    .filter((ordinal) => admits === undefined || admits(ordinal))
    .map((ordinal) => ({
      oid: graph.oid(ordinal),
      score: named.includes(ordinal) ? 1 : 0.5,
      worth: 1,
      isExact: named.includes(ordinal),
      signals: noSignals(),
      passages: [],
    }))
}

const halfLifeSeconds = 2 * 365 * 86_400

/** A merge quotes the subjects of others, and is seldom what is asked for; so is what is no revert, of reverts. */
const unlikely = { merge: 0.65, noRevert: 0.75 } as const

/**
 * What a commit changed counts by this power of the number of its files.
 *
 * On the oldest 60 % of five histories, the reciprocal rank of a diff that its subject is asked for rose by 0 to 4 % with it.
 */
const breadthPower = -0.07

function priorsOf({ graph, ties, isReachable, now }: Memory, question: UnderstoodQuestion): Priors {
  const words = new Set(distinctTerms(question.words).map(stemOf))
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
    breadth(oid) {
      const files = graph.pathCount(graph.ordinalOf(oid) ?? -1)
      return question.kind === 'path' || files < 2 ? 1 : files ** breadthPower
    },
    trust(oid) {
      const ordinal = graph.ordinalOf(oid)
      if (ordinal === undefined || !isReachable(oid)) return 0
      return ties.to(ordinal).some((tie) => tie.kind === 'reverts') ? 0.3 : 1
    },
  }
}

function isThere(): boolean {
  return true
}
