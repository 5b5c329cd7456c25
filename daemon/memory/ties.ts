import type { Tie } from '../../contract/episode.ts'
import type { CommitGraph } from './commit-graph.ts'
import { type CommitReference, parseLinks } from './references.ts'

/** The links between commits that their messages tell, resolved to commits that are known. */
export interface Ties {
  /** How many links there are. */
  count(): number
  /** Returns the links that this commit's message makes. */
  from(ordinal: number): readonly Tie[]
  /** Returns the links that other commits make to this one. */
  to(ordinal: number): readonly Tie[]
  /** Returns the commits whose oid begins so. */
  startingWith(prefix: string): number[]
}

/** Creates the ties of a graph. They are resolved when first asked for, and again when commits were added. */
export function createTies(graph: CommitGraph): Ties {
  let resolved = emptyResolution()
  let size = -1

  function current(): Resolution {
    if (size === graph.size) return resolved
    resolved = resolve(graph)
    size = graph.size
    return resolved
  }

  const named = ({ kind, from, to }: Link): Tie => ({ kind, from: graph.oid(from), to: graph.oid(to) })
  return {
    count: () => current().count,
    from: (ordinal) => (current().from.get(ordinal) ?? []).map(named),
    to: (ordinal) => (current().to.get(ordinal) ?? []).map(named),
    startingWith: (prefix) => current().startingWith(prefix),
  }
}

/** Returns the ties between commits that can be seen: what others said later was not known then. */
export function tiesSeenBy(ties: Ties, graph: CommitGraph, sees: (ordinal: number) => boolean): Ties {
  const isSeen = (oid: string): boolean => {
    const ordinal = graph.ordinalOf(oid)
    return ordinal !== undefined && sees(ordinal)
  }
  return {
    count: () => ties.count(),
    from: (ordinal) => ties.from(ordinal).filter((tie) => isSeen(tie.to)),
    to: (ordinal) => ties.to(ordinal).filter((tie) => isSeen(tie.from)),
    startingWith: (prefix) => ties.startingWith(prefix).filter(sees),
  }
}

/** A tie between ordinals: most are never asked for, and need no names. */
interface Link {
  readonly kind: Tie['kind']
  readonly from: number
  readonly to: number
}

interface Resolution {
  readonly count: number
  readonly from: ReadonlyMap<number, Link[]>
  readonly to: ReadonlyMap<number, Link[]>
  startingWith(prefix: string): number[]
}

function emptyResolution(): Resolution {
  return { count: 0, from: new Map(), to: new Map(), startingWith: () => [] }
}

function resolve(graph: CommitGraph): Resolution {
  const sorted = sortedByOid(graph)
  const from = new Map<number, Link[]>()
  const to = new Map<number, Link[]>()
  const linking = linkingIn(graph)
  const revertible = bySubject(graph, linking)
  let count = 0

  const startingWith = (prefix: string): number[] => ordinalsStartingWith(graph, sorted, prefix)

  for (const { ordinal, references } of linking) {
    const tied = new Set<number>()
    for (const { kind, oid, subject } of references) {
      const targets =
        oid === '' ? older(graph, revertible.get(subject ?? '') ?? [], ordinal) : startingWith(oid)
      const [target] = targets
      // An abbreviation that fits two commits proves nothing about either.
      if (target === undefined || targets.length > 1 || target === ordinal) continue
      // The most telling kind stands first; a commit may be named in several lengths.
      if (tied.has(target)) continue
      tied.add(target)
      const link: Link = { kind, from: ordinal, to: target }
      append(from, ordinal, link)
      append(to, target, link)
      count += 1
    }
  }
  return { count, from, to, startingWith }
}

/** The commits in the order of the first eight digits of their oids: two columns. */
interface Sorted {
  readonly starts: Uint32Array
  readonly ordinals: Uint32Array
}

/**
 * Puts all commits in order, as numbers: with the text of every oid it took half a second, in which nobody was
 * answered, after each commit that was made.
 */
function sortedByOid(graph: CommitGraph): Sorted {
  const words = new Uint32Array(2 * graph.size)
  let at = 0
  // Of each pair the second is the higher half, as all machines have it that node runs on.
  for (const ordinal of graph.ordinals()) {
    words[at++] = ordinal
    words[at++] = graph.oidStart(ordinal)
  }
  new BigUint64Array(words.buffer).sort()
  return {
    starts: words.filter((_word, index) => index % 2 === 1),
    ordinals: words.filter((_word, index) => index % 2 === 0),
  }
}

const digits = 8

function ordinalsStartingWith(graph: CommitGraph, { starts, ordinals }: Sorted, prefix: string): number[] {
  const start = prefix.slice(0, digits)
  const first = Number.parseInt(start.padEnd(digits, '0'), 16)
  const last = Number.parseInt(start.padEnd(digits, 'f'), 16)
  const found: number[] = []
  for (let at = firstFrom(starts, first); at < starts.length && (starts[at] ?? 0) <= last; at += 1) {
    const ordinal = ordinals[at] ?? -1
    if (graph.oid(ordinal).startsWith(prefix)) found.push(ordinal)
  }
  return found
}

/** Returns where the first number stands that is not below the one sought. */
function firstFrom(sorted: Uint32Array, sought: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? 0) < sought) low = middle + 1
    else high = middle
  }
  return low
}

/** A commit whose message names others. */
interface Linking {
  readonly ordinal: number
  readonly references: readonly CommitReference[]
}

function linkingIn(graph: CommitGraph): Linking[] {
  const found: Linking[] = []
  for (const ordinal of graph.ordinals()) {
    const links = graph.links(ordinal)
    if (links !== '') found.push({ ordinal, references: parseLinks(links) })
  }
  return found
}

/** Returns the commits whose subjects are quoted without an oid: a few of all that there are. */
function bySubject(graph: CommitGraph, linking: readonly Linking[]): Map<string, number[]> {
  const all = linking.flatMap(({ references }) => references)
  const quoted = new Set(all.filter(({ oid }) => oid === '').map(({ subject }) => subject ?? ''))
  const found = new Map<string, number[]>()
  for (const ordinal of graph.ordinals()) {
    const subject = graph.subject(ordinal)
    if (quoted.has(subject)) append(found, subject, ordinal)
  }
  return found
}

/** Returns the newest of these commits that is older than the one that quotes it. */
function older(graph: CommitGraph, candidates: readonly number[], than: number): number[] {
  const time = graph.committerTime(than)
  const before = candidates.filter((ordinal) => ordinal !== than && graph.committerTime(ordinal) <= time)
  return before.toSorted((a, b) => graph.committerTime(b) - graph.committerTime(a)).slice(0, 1)
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}
