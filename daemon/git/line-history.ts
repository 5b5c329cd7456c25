import { blameLines, type BlamedLine, type Touching } from './blame.ts'
import { diffArguments } from './settings.ts'
import { gitOf, placeOf, type Repository } from './repository.ts'

/** Changes that are followed back from the lines that were asked about. */
const mostSteps = 12

/**
 * Returns the commits that touched these lines, newest first, through renames and moves.
 *
 * Each step asks blame about the lines that the commit before has put in their place, which is many times as fast
 * as `git log -L`: that one looks at every commit there is.
 */
export async function lineHistory(
  repository: Repository,
  blamed: readonly BlamedLine[],
  signal?: AbortSignal,
): Promise<Touching> {
  const waiting = new Map<string, Change>()
  const found = new Map<string, number>()
  let complete = true
  enqueue(blamed, waiting)
  for (let step = 0; waiting.size > 0;) {
    const change = newestOf(waiting)
    waiting.delete(keyOf(change))
    found.set(change.oid, change.time)
    if (change.boundary) complete = false
    if (change.previous === undefined) continue
    if (step === mostSteps) {
      complete = false
      continue
    }
    step += 1
    enqueue(await linesBefore(repository, change, change.previous, signal), waiting)
  }
  const oids = [...found].toSorted(([, one], [, other]) => other - one).map(([oid]) => oid)
  return { oids, complete }
}

/** Lines of one file that one commit made. */
interface Change extends Pick<BlamedLine, 'oid' | 'path' | 'time' | 'previous' | 'boundary'> {
  readonly lines: Set<number>
}

function enqueue(blamed: readonly BlamedLine[], waiting: Map<string, Change>): void {
  for (const line of blamed) {
    const known = waiting.get(keyOf(line))
    if (known === undefined) waiting.set(keyOf(line), { ...line, lines: new Set([line.born]) })
    else known.lines.add(line.born)
  }
}

function keyOf({ oid, path }: Pick<BlamedLine, 'oid' | 'path'>): string {
  return `${oid} ${path}`
}

function newestOf(waiting: ReadonlyMap<string, Change>): Change {
  return [...waiting.values()].reduce((newest, change) => (change.time > newest.time ? change : newest))
}

/** Returns the lines that a change has replaced; none when it only added. */
async function linesBefore(
  repository: Repository,
  change: Change,
  previous: NonNullable<BlamedLine['previous']>,
  signal: AbortSignal | undefined,
): Promise<BlamedLine[]> {
  const sides = [`${previous.oid}:${previous.path}`, `${change.oid}:${change.path}`]
  const args = ['diff', '-U0', '-w', ...diffArguments, '--end-of-options', ...sides]
  const text = await gitOf(repository, 'the history of lines').text(args, placeOf(repository, signal))
  const range = replacedBy(change.lines, text)
  if (range === undefined) return []
  const blamed = await blameLines(
    repository,
    { path: previous.path, revision: previous.oid, start: range.start, end: range.end },
    signal,
  )
  return blamed.filter(({ line }) => range.lines.has(line))
}

interface Replaced {
  readonly lines: ReadonlySet<number>
  readonly start: number
  readonly end: number
}

const hunkHead = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/gm

/** A line for a line where a hunk has as many as before, else all that the hunk has replaced. */
function replacedBy(lines: ReadonlySet<number>, diff: string): Replaced | undefined {
  const before = new Set<number>()
  for (const [, oldStart, oldCount = '1', newStart, newCount = '1'] of diff.matchAll(hunkHead)) {
    const [from, size, to, length] = [oldStart, oldCount, newStart, newCount].map(Number)
    if (from === undefined || size === undefined || to === undefined || length === undefined) continue
    const touched = [...lines].filter((line) => line >= to && line < to + length)
    if (touched.length === 0) continue
    if (size === length) for (const line of touched) before.add(from + line - to)
    else for (let line = from; line < from + size; line += 1) before.add(line)
  }
  if (before.size === 0) return undefined
  const sorted = [...before].toSorted((a, b) => a - b)
  return { lines: before, start: sorted[0] ?? 1, end: sorted.at(-1) ?? 1 }
}
