import type { EpisodeKind } from '../../contract/episode.ts'
import { createOidIndex, type OidIndex } from '../store/oid-index.ts'
import type { EpisodeFacts } from '../store/store.ts'
import { createIntegers, createLists, createNumbers, type Lists } from './columns.ts'
import { kindOf } from './message.ts'
import { createSubjectIndex, type SubjectIndex } from './subjects.ts'

/**
 * Every remembered commit of a repository, in memory, as columns: about 300 bytes a commit.
 *
 * Filters, ancestry, co-change and ties are answered from here without touching the disk. A commit is an
 * ordinal; ordinals are given in the order of arrival and mean nothing between two runs.
 */
export interface CommitGraph {
  /** How many commits are known; ordinals beyond may name parents that are not. */
  readonly size: number
  /** Adds a commit; one that is known with fewer parents, as where a clone is shallow, or without paths, is replaced. */
  add(facts: EpisodeFacts): void
  ordinalOf(oid: string): number | undefined
  /** Returns the ordinals of all known commits, in no particular order. */
  ordinals(): IterableIterator<number>
  oid(ordinal: number): string
  /** Returns the first eight digits of a known commit's oid as a number: oids can be put in order by it. */
  oidStart(ordinal: number): number
  isKnown(ordinal: number): boolean
  parents(ordinal: number): readonly number[]
  subject(ordinal: number): string
  readonly subjects: Pick<SubjectIndex, 'search'>
  kind(ordinal: number): EpisodeKind
  author(ordinal: number): Author
  authorTime(ordinal: number): number
  /** Returns minutes east of UTC. */
  authorZone(ordinal: number): number
  committerTime(ordinal: number): number
  paths(ordinal: number): string[]
  pathCount(ordinal: number): number
  /** Returns the paths by their numbers, for who counts many. */
  pathNumbers(ordinal: number): number[]
  /** Returns the number of a path; undefined when no commit touched it. */
  pathNumber(path: string): number | undefined
  /** Returns the path of a number. */
  pathAt(number: number): string
  links(ordinal: number): string
  /** Returns the known commits that touched a path, in the order of arrival. */
  touching(path: string): readonly number[]
  /** Returns every path that some commit touched. */
  allPaths(): readonly string[]
  /** Marks the commits that the given ones descend from, themselves included; what is not known ends the walk. */
  ancestors(ordinals: Iterable<number>): Uint8Array
}

/** A name with its address. */
export interface Author {
  readonly name: string
  readonly email: string
}

/** Creates a graph that knows nothing. */
export function createCommitGraph(): CommitGraph {
  const oids = createOidIndex()
  const intern = interning(oids)
  const subjects: (string | undefined)[] = []
  const subjectIndex = createSubjectIndex((ordinal) => subjects[ordinal] ?? '')
  const links = new Map<number, string>()
  const kinds: EpisodeKind[] = []
  const [authorIds, authorZones] = [createIntegers(), createIntegers()]
  const [authorTimes, committerTimes] = [createNumbers(), createNumbers()]
  const [parents, pathIds] = [createLists(), createLists()]
  const [authors, paths] = [createTable(authorKey), createTable((path: string) => path)]
  const touching: number[][] = []
  let size = 0

  function add(facts: EpisodeFacts): void {
    const ordinal = intern(facts.oid)
    const isNew = subjects[ordinal] === undefined
    if (!isNew && !tellsMore(facts, parents.lengthOf(ordinal), pathIds.lengthOf(ordinal))) return
    for (const id of pathIds.get(ordinal)) touching[id] = without(touching[id], ordinal)
    const touched = new Set(facts.paths.map(paths.intern))
    for (const id of touched) (touching[id] ??= []).push(ordinal)
    pathIds.set(ordinal, touched)
    parents.set(ordinal, facts.parents.map(intern))
    subjects[ordinal] = facts.subject
    kinds[ordinal] = kindOf(facts.subject, facts.parents.length)
    if (facts.links !== '') links.set(ordinal, facts.links)
    authorIds.set(ordinal, authors.intern({ name: facts.authorName, email: facts.authorEmail }))
    authorTimes.set(ordinal, facts.authorTime)
    authorZones.set(ordinal, facts.authorZone >>> 0)
    committerTimes.set(ordinal, facts.committerTime)
    if (isNew) size = subjectIndex.add(ordinal, facts.subject)
  }

  const isKnown = (ordinal: number): boolean => subjects[ordinal] !== undefined
  return {
    get size() {
      return size
    },
    add,
    ancestors: (from) => markAncestors(from, parents, oids.next),
    isKnown,
    ordinalOf: oids.numberOf,
    ordinals: () => passing(oids.next, isKnown),
    oid: (ordinal) => oids.oidOf(ordinal) ?? '',
    oidStart: oids.startOf,
    parents: parents.get,
    subject: (ordinal) => subjects[ordinal] ?? '',
    subjects: subjectIndex,
    links: (ordinal) => links.get(ordinal) ?? '',
    kind: (ordinal) => kinds[ordinal] ?? 'other',
    author: (ordinal) => (isKnown(ordinal) ? authors.at(authorIds.get(ordinal)) : undefined) ?? nobody,
    authorTime: authorTimes.get,
    authorZone: (ordinal) => authorZones.get(ordinal) | 0,
    committerTime: committerTimes.get,
    ...pathsBy(pathIds, paths),
    touching: (path) => touching[paths.find(path) ?? -1] ?? [],
    allPaths: () => paths.values,
  }
}

function pathsBy(numbers: Lists, paths: Table<string>) {
  const pathAt = (number: number): string => paths.at(number) ?? ''
  return {
    paths: (ordinal: number) => numbers.get(ordinal).map(pathAt),
    pathCount: numbers.lengthOf,
    pathNumbers: numbers.get,
    pathNumber: paths.find,
    pathAt,
  }
}

function* passing(next: number, test: (ordinal: number) => boolean): Generator<number, undefined> {
  for (let ordinal = 0; ordinal < next; ordinal += 1) if (test(ordinal)) yield ordinal
}

/** Says whether a commit is better known by this: where a clone was shallow it lacked parents, without its tree paths. */
function tellsMore(facts: EpisodeFacts, knownParents: number, knownPaths: number): boolean {
  return facts.parents.length > knownParents || (knownPaths === 0 && facts.paths.length > 0)
}

/** Returns what gives each oid a number, the next one when it has none. */
function interning(oids: OidIndex): (oid: string) => number {
  return (oid) => {
    const known = oids.numberOf(oid)
    if (known !== undefined) return known
    const ordinal = oids.next
    oids.set(oid, ordinal)
    return ordinal
  }
}

function without(ordinals: readonly number[] = [], ordinal: number): number[] {
  return ordinals.filter((one) => one !== ordinal)
}

function markAncestors(from: Iterable<number>, parents: Lists, size: number): Uint8Array {
  const marks = new Uint8Array(size)
  const left = [...from]
  for (let ordinal = left.pop(); ordinal !== undefined; ordinal = left.pop()) {
    if (marks[ordinal] === 1) continue
    marks[ordinal] = 1
    left.push(...parents.get(ordinal))
  }
  return marks
}

function authorKey({ name, email }: Author): string {
  return `${name}\0${email}`
}

const nobody: Author = { name: '', email: '' }

/** Values that repeat, each kept once under a small number. */
interface Table<T> {
  readonly values: readonly T[]
  intern(value: T): number
  find(value: T): number | undefined
  at(id: number): T | undefined
}

function createTable<T>(keyOf: (value: T) => string): Table<T> {
  const values: T[] = []
  const ids = new Map<string, number>()
  return {
    values,
    intern(value) {
      const key = keyOf(value)
      const known = ids.get(key)
      if (known !== undefined) return known
      ids.set(key, values.length)
      return values.push(value) - 1
    },
    find: (value) => ids.get(keyOf(value)),
    at: (id) => values[id],
  }
}
