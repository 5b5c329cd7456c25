import picomatch from 'picomatch'
import type { Filters } from '../../contract/answers.ts'
import { AiosError } from '../../contract/errors.ts'
import type { CommitGraph } from './commit-graph.ts'
import { momentOf } from './when.ts'

/** Extended globs are left out: nested, they take for ever. How many stars there may be is the schema's to say. */
const globOptions = { dot: true, nonegate: true, noextglob: true, flags: 's' }

/** Says whether a commit may be part of an answer. */
export type Admits = (ordinal: number) => boolean

/** What filters are judged by. */
export interface FilterParts {
  readonly graph: CommitGraph
  readonly now: () => number
  /** Limits which commits exist at all. */
  readonly sees: Admits | undefined
}

/** Returns one predicate for all filters; `undefined` when nothing is filtered. */
export function admitting(filters: Filters, { graph, now, sees }: FilterParts): Admits | undefined {
  const tests: Admits[] = []
  const since = filters.since === undefined ? undefined : momentOf(filters.since, now())
  const until = filters.until === undefined ? undefined : momentOf(filters.until, now())
  if (since !== undefined && until !== undefined && since > until) {
    const message = `Nothing is newer than "${filters.since}" and older than "${filters.until}"; swap --since and --until.`
    throw new AiosError('request.invalid', message)
  }
  if (since !== undefined) tests.push((ordinal) => graph.committerTime(ordinal) >= since)
  if (until !== undefined) tests.push((ordinal) => graph.committerTime(ordinal) <= until)
  if (filters.kind !== undefined) tests.push((ordinal) => graph.kind(ordinal) === filters.kind)
  if (filters.author !== undefined) tests.push(authored(graph, filters.author))
  if (filters.path !== undefined) tests.push(touching(graph, filters.path))
  if (sees !== undefined) tests.push(sees)
  return tests.length === 0 ? undefined : (ordinal) => tests.every((test) => test(ordinal))
}

function authored(graph: CommitGraph, part: string): Admits {
  const wanted = part.toLowerCase()
  return (ordinal) => {
    const { name, email } = graph.author(ordinal)
    return name.toLowerCase().includes(wanted) || email.toLowerCase().includes(wanted)
  }
}

/** Returns a predicate for paths. As in `.gitignore`, a glob without a slash fits at any depth; a folder, all below. */
export function fitting(glob: string): (path: string) => boolean {
  const plain = glob.replace(/^\.?\//, '').replace(/\/$/, '')
  const patterns = plain.includes('/')
    ? [plain, `${plain}/**`]
    : [plain, `**/${plain}`, `${plain}/**`, `**/${plain}/**`]
  const matches = picomatch(patterns, globOptions)
  return (path) => matches(path)
}

function touching(graph: CommitGraph, glob: string): Admits {
  const matches = fitting(glob)
  const commits = new Set(
    graph
      .allPaths()
      .filter((path) => matches(path))
      .flatMap((path) => graph.touching(path)),
  )
  return (ordinal) => commits.has(ordinal)
}

/**
 * Returns what could be seen at a revision, which is strictly its ancestors; `undefined` when no revision is named.
 */
export async function seeingAsOf(
  revision: string | undefined,
  graph: CommitGraph,
  resolve: (revision: string) => Promise<string>,
): Promise<Admits | undefined> {
  if (revision === undefined) return undefined
  const oid = await resolve(revision)
  const tip = graph.ordinalOf(oid)
  if (tip === undefined || !graph.isKnown(tip)) {
    throw new AiosError('episode.unknown', `${revision} (${oid.slice(0, 12)}) is not remembered.`)
  }
  const marks = graph.ancestors([tip])
  return (ordinal) => marks[ordinal] === 1
}

/** Returns a predicate for paths that one of these globs names. */
export function excluding(globs: readonly string[]): (path: string) => boolean {
  if (globs.length === 0) return () => false
  const matches = picomatch([...globs], globOptions)
  return (path) => matches(path)
}
