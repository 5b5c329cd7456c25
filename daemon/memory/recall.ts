import type { Filters, Hit, RecallAnswer } from '../../contract/answers.ts'
import type { InputOf } from '../../contract/route.ts'
import type { routes } from '../../contract/routes.ts'
import { candidatesFor, type Limits } from './candidates.ts'
import { confidenceIn } from './confidence.ts'
import { admitting, fitting, seeingAsOf, type Admits } from './filters.ts'
import { describeHits } from './hits.ts'
import type { Memory } from './memory.ts'
import { understand } from './question.ts'
import type { Candidate } from './rank.ts'
import { resolveRevision } from './revision.ts'
import { tiesSeenBy } from './ties.ts'
import { contentWords } from './words.ts'
import { nearBest, speakingOf } from './worthwhile.ts'

type Question = InputOf<typeof routes.recall>

/**
 * Finds what a repository remembers about a question.
 *
 * The kind of question sets how much each signal counts. When the best answer covers too little of what was
 * asked, there is no answer: the least bad one would be believed.
 */
export async function recall(input: Question, memory: Memory, signal: AbortSignal): Promise<RecallAnswer> {
  const asOf = input.filters?.asOf
  if (asOf === undefined) return recallAmong(input, memory, everything, signal)
  const at = await resolveRevision(asOf, memory, signal)
  const sees = await seeingAsOf(asOf, memory.graph, async () => at)
  return recallAmong(input, memory, { sees, at }, signal)
}

/** From where a memory is looked at. */
export interface Sight {
  /** Which commits can be seen; all of them when it is not said. */
  readonly sees: Admits | undefined
  /** The commit whose files are there, or HEAD. */
  readonly at: string
}

/** Everything that is remembered is seen, from where HEAD is now. */
export const everything: Sight = { sees: undefined, at: 'HEAD' }

/** Finds the same among the commits that can be seen. */
export async function recallAmong(
  input: Question,
  memory: Memory,
  { sees, at }: Sight,
  signal: AbortSignal,
): Promise<RecallAnswer> {
  const began = performance.now()
  const { graph, config } = memory
  const filters = input.filters ?? {}
  const seen = sees === undefined ? memory : { ...memory, ties: tiesSeenBy(memory.ties, graph, sees) }
  const understood = understand(input.question, (text) => graph.touching(text).some(sees ?? isThere))
  const admits = admitting(filters, { graph, now: memory.now, sees })
  const limits: Limits = { admits, sees, refused: new Set(), at }
  const candidates = await candidatesFor(understood, seen, limits, signal)
  const words = contentWords(understood.words)
  const shown = nearBest(candidates).slice(0, input.limit ?? config.recall.limit)
  const preferred = filters.path === undefined ? shown : preferring(shown, fitting(filters.path))
  const described = await describeHits(preferred, words, seen, input.explain === true, signal)
  const isNamed = understood.kind === 'commit'
  const hits = isNamed ? described : speakingOf(described, words, shown)
  const confidence = isNamed ? Number(hits.length > 0) : confidenceIn(hits, words)
  const refusal = isNamed
    ? noneFound(hits)
    : hits.length === 0
      ? nothingFound(limits.refused.size, filters)
      : refusalOf(confidence, config.recall.abstainBelow)
  return {
    question: input.question,
    kind: understood.kind,
    hits: refusal === undefined ? hits : [],
    abstained: refusal !== undefined && hits.length > 0,
    confidence,
    ...(refusal === undefined ? {} : { reason: refusal }),
    tookMs: performance.now() - began,
  }
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
function refusalOf(confidence: number, least: number): string | undefined {
  if (confidence >= least) return undefined
  return `The best answer covers ${Math.round(confidence * 100)} % of the question; ${Math.round(least * 100)} % are asked for.`
}
