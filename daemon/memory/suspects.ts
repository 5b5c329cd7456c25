import { countBlame } from '../git/blame-count.ts'
import type { Match } from '../store/store.ts'
import type { Admits } from './filters.ts'
import type { Memory } from './memory.ts'
import { filesOfDiff, type AskedFile } from './question-diff.ts'

/** Commits that a diff brings to mind without a word: who touched its files, and who wrote its lines. */
export interface Suspects {
  readonly files: readonly Match[]
  readonly blame: readonly Match[]
}

/** Files of a diff that are looked at. */
const mostFiles = 8
/** Files that git is asked to blame: each is a process. */
const mostBlamed = 4
/** Runs of lines that one blame is asked about. */
const mostRuns = 12
/** Commits of one file that are brought up, newest first. */
const commitsPerFile = 60
/** Commits after which one of a file counts half as much. */
const halfPlace = 8

/** Returns the commits among those that may be part of an answer; lines are blamed as of the revision. */
export async function suspectsOf(
  diff: string,
  memory: Memory,
  admits: Admits | undefined,
  revision: string,
  signal: AbortSignal,
): Promise<Suspects> {
  const files = filesOfDiff(diff).slice(0, mostFiles)
  return {
    files: touchingFiles(files, memory, admits),
    blame: await writersOf(files, memory, admits, revision, signal),
  }
}

/** Whoever touched a file last, and a file that few touch, count most. */
function touchingFiles(files: readonly AskedFile[], { graph }: Memory, admits: Admits | undefined): Match[] {
  const scores = new Map<number, number>()
  for (const { path } of files) {
    const touching = graph.touching(path)
    const rarity = Math.log(1 + graph.size / (1 + touching.length))
    const seen = touching
      .filter((ordinal) => admits?.(ordinal) ?? true)
      .toSorted((a, b) => graph.committerTime(b) - graph.committerTime(a))
    for (const [place, ordinal] of seen.slice(0, commitsPerFile).entries())
      scores.set(ordinal, (scores.get(ordinal) ?? 0) + rarity / (1 + place / halfPlace))
  }
  return bestFirst([...scores].map(([ordinal, score]) => ({ oid: graph.oid(ordinal), score })))
}

async function writersOf(
  files: readonly AskedFile[],
  { repository, graph }: Memory,
  admits: Admits | undefined,
  revision: string,
  signal: AbortSignal,
): Promise<Match[]> {
  if (repository.git === undefined) return []
  const counted = await Promise.all(
    files
      .filter(({ lines }) => lines.length > 0)
      .slice(0, mostBlamed)
      .map(({ path, lines }) =>
        countBlame(repository, { path, revision, runs: runsOf(lines).slice(0, mostRuns) }, signal),
      ),
  )
  const scores = new Map<string, number>()
  for (const counts of counted) {
    for (const [oid, lines] of counts) {
      const ordinal = graph.ordinalOf(oid)
      if (ordinal === undefined || admits?.(ordinal) === false) continue
      // The second line of a commit says less than the first.
      scores.set(oid, (scores.get(oid) ?? 0) + Math.sqrt(lines))
    }
  }
  return bestFirst([...scores].map(([oid, score]) => ({ oid, score })))
}

function bestFirst(matches: readonly Match[]): Match[] {
  return matches.toSorted((a, b) => b.score - a.score || (a.oid < b.oid ? -1 : 1))
}

/** Returns ascending numbers as runs without gaps. */
function runsOf(lines: readonly number[]): [number, number][] {
  const runs: [number, number][] = []
  for (const line of lines) {
    const last = runs.at(-1)
    if (last !== undefined && line <= last[1] + 1) last[1] = line
    else runs.push([line, line])
  }
  return runs
}
