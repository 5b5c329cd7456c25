import type { CommitGraph } from '../memory/commit-graph.ts'

/** More commits than these are no topic, but a branch that somebody else worked on. */
const mostCommits = 60

/** Returns the commits that a merge brought in; none of what is no merge, or brought in too much. */
export function topicOf(merge: number, graph: CommitGraph): number[] {
  const [first, second] = graph.parents(merge)
  if (first === undefined || second === undefined) return []
  const known = graph.ancestors([first])
  const topic: number[] = []
  const left = [second]
  const seen = new Set<number>()
  for (let at = left.pop(); at !== undefined; at = left.pop()) {
    if (known[at] === 1 || seen.has(at)) continue
    seen.add(at)
    if (seen.size > mostCommits) return []
    const parents = graph.parents(at)
    if (graph.isKnown(at) && parents.length < 2) topic.push(at)
    left.push(...parents)
  }
  return topic
}

/** Returns what a merge says in its own words: not whose branch it was, and not the list of what was on it. */
export function wordsOfMerge(message: string): string {
  const [, ...body] = message.split('\n')
  const list = body.findIndex((line) => /^(?:\* |# Conflicts|Conflicts:|By .* (?:and|via) |# By )/.test(line))
  return (list < 0 ? body : body.slice(0, list)).join('\n').trim()
}

const releaseNotes =
  /(?:^|\/)(?:\d*-?)(?:rel-?notes?|release[-_ ]?notes?|changes|change-?log|news|history)(?:[./_-]|$)/i

/** Says whether a path is of a file that says what is new in a release. */
export function isReleaseNotes(path: string): boolean {
  return releaseNotes.test(path)
}

/** Returns the commits that edit such a file: they say in other words what others did. */
export function editsReleaseNotes(graph: CommitGraph): Set<number> {
  return new Set(
    graph
      .allPaths()
      .filter(isReleaseNotes)
      .flatMap((path) => graph.touching(path)),
  )
}
