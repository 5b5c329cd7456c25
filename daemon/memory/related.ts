import type { RelatedAnswer, RelatedFile } from '../../contract/answers.ts'
import type { InputOf } from '../../contract/route.ts'
import type { routes } from '../../contract/routes.ts'
import { missingFrom, type Alarm } from './alarm.ts'
import type { CommitGraph } from './commit-graph.ts'
import type { Companion } from './cochange.ts'
import type { Memory } from './memory.ts'

type Question = InputOf<typeof routes.related>

/** What co-change is judged by. */
export interface RelatedParts {
  readonly memory: Memory
  /** Returns the paths of the staged change. */
  readonly stagedPaths: (signal: AbortSignal) => Promise<string[]>
  /** Returns those of the paths that HEAD has. */
  readonly present: (paths: readonly string[], signal: AbortSignal) => Promise<ReadonlySet<string>>
}

/**
 * Says which files change together with these.
 *
 * About a staged change it says what is missing, and only above a confidence that was right often enough on
 * this repository's own past.
 */
export async function related(
  input: Question,
  parts: RelatedParts,
  signal: AbortSignal,
): Promise<RelatedAnswer> {
  const { memory } = parts
  const asked = input.staged === true ? [...input.paths, ...(await parts.stagedPaths(signal))] : input.paths
  if (asked.length === 0)
    return { asked, files: [], abstained: true, reason: nothingAsked(input.staged === true) }
  const { minimumSupport, minimumConfidence, minimumPrecision } = memory.config.related
  const companions = memory.companions(asked)
  const alarm = input.staged === true ? memory.alarm.read(minimumPrecision) : undefined
  const together = companions.filter(
    ({ support, confidence }) => support >= minimumSupport && confidence >= minimumConfidence,
  )
  const likely = alarm === undefined ? together : missing(companions, alarm, minimumSupport)
  // Git is asked last, and seldom: it takes longer than all the rest.
  const present = likely.length === 0 ? likely : await presentOf(likely, parts, signal)
  const files = present
    .slice(0, input.limit ?? 20)
    .map((companion) => describe(companion, memory.graph, input.staged === true))
  const doubt = alarm === undefined || together.length === 0 ? undefined : doubtOf(alarm, minimumPrecision)
  const reason = files.length > 0 ? undefined : reasonFor(asked, memory.graph, doubt)
  return {
    asked,
    files,
    abstained: files.length === 0,
    ...(reason === undefined ? {} : { reason }),
    ...(alarm?.precision === undefined ? {} : { precision: alarm.precision }),
  }
}

function missing(
  companions: readonly Companion[],
  { threshold }: Alarm,
  minimumSupport: number,
): readonly Companion[] {
  return threshold === undefined ? [] : missingFrom(companions, { threshold, minimumSupport })
}

async function presentOf(
  companions: readonly Companion[],
  { present }: RelatedParts,
  signal: AbortSignal,
): Promise<Companion[]> {
  const current = await present(
    companions.map(({ path }) => path),
    signal,
  )
  return companions.filter(({ path }) => current.has(path))
}

function describe(
  { path, support, confidence, evidence }: Companion,
  graph: CommitGraph,
  missing: boolean,
): RelatedFile {
  return {
    path,
    support,
    confidence,
    missing,
    evidence: evidence.map((ordinal) => ({ oid: graph.oid(ordinal), subject: graph.subject(ordinal) })),
  }
}

function reasonFor(asked: readonly string[], graph: CommitGraph, doubt: string | undefined): string {
  if (asked.every((path) => graph.touching(path).length === 0))
    return 'No remembered commit touches these paths.'
  return doubt ?? 'Nothing changes together with these often enough.'
}

/** Why nothing is said to be missing though something changes together with what is staged. */
function doubtOf({ threshold }: Alarm, least: number): string {
  if (threshold !== undefined) return 'Nothing that changes together with these is surely missing.'
  return `On this repository's past, such alarms were right less than ${Math.round(least * 100)} % of the time.`
}

function nothingAsked(staged: boolean): string {
  return staged ? 'Nothing is staged.' : 'No path was named, and the staged change was not asked about.'
}
