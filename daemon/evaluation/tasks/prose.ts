import type { CommitPatch } from '../../../contract/commit.ts'
import type { CommitGraph } from '../../memory/commit-graph.ts'
import { askAll } from '../ask.ts'
import type { Mined } from '../ask-recall.ts'
import type { Ground, Task } from '../ground.ts'
import { chosen, says, withMessages } from '../mine.ts'
import { withoutCitations } from '../strip.ts'
import { editsReleaseNotes, isReleaseNotes, topicOf, wordsOfMerge } from '../topic.ts'

/** Fewer words are a title, and often that of a commit. */
const fewestWords = 4

/** What somebody wrote about a topic, in a merge or in release notes, is asked for its commits. */
export const prose: Task = {
  name: 'prose',
  async measure(ground, signal) {
    const mined = chosen(await mineProse(ground, signal), ground.memory.graph, ground)
    if (mined.length === 0)
      return {
        questions: 0,
        note: 'No merge and no line of release notes says in other words what its commits did.',
      }
    return askAll(mined, { hidesMessages: false }, ground, signal)
  },
}

/** Returns what is said about topics, with their commits; commits that edit release notes are not seen. */
export async function mineProse(ground: Ground, signal: AbortSignal): Promise<Mined[]> {
  const edits = editsReleaseNotes(ground.memory.graph)
  return [...(await fromMerges(ground, edits, signal)), ...(await fromReleaseNotes(ground, edits, signal))]
}

async function fromMerges(
  { memory, span }: Ground,
  edits: ReadonlySet<number>,
  signal: AbortSignal,
): Promise<Mined[]> {
  const { graph } = memory
  const merges = span.asking.filter((ordinal) => graph.parents(ordinal).length === 2)
  const found: Mined[] = []
  for await (const { ordinal, message } of withMessages(merges, memory, signal)) {
    const text = wordsOfMerge(message)
    if (!says(text, fewestWords)) continue
    const question = about(ordinal, text, topicOf(ordinal, graph), edits, graph)
    found.push(...question)
  }
  return found
}

/** Release notes name the tips of topics, commits, or the numbers of pull requests. */
async function fromReleaseNotes(
  { memory, span }: Ground,
  edits: ReadonlySet<number>,
  signal: AbortSignal,
): Promise<Mined[]> {
  const { graph, patches, ties } = memory
  const asking = span.asking.filter((ordinal) => edits.has(ordinal) && graph.parents(ordinal).length === 1)
  const mergeOf = mergesBySecondParent(graph)
  const found: Mined[] = []
  for (const ordinal of asking) {
    signal.throwIfAborted()
    const paths = graph.paths(ordinal).filter(isReleaseNotes)
    const patch = await patches.patchOf(graph.oid(ordinal), paths, signal)
    for (const entry of patch === undefined ? [] : entriesAdded(patch)) {
      const named = [...entry.matchAll(/\b(?=[0-9a-f]*\d)[0-9a-f]{7,40}\b/g)].flatMap(([oid]) =>
        ties.startingWith(oid),
      )
      const [tip, ...others] = new Set(named)
      if (tip === undefined || others.length > 0) continue
      const merge = mergeOf.get(tip)
      const truth = merge === undefined ? [tip] : topicOf(merge, graph)
      const hidden = merge === undefined ? edits : new Set([...edits, merge])
      found.push(...about(ordinal, entry.replace(/\(merge [^()]*\)/g, ' '), truth, hidden, graph))
    }
  }
  return found
}

function about(
  from: number,
  said: string,
  topic: readonly number[],
  without: ReadonlySet<number>,
  graph: CommitGraph,
): Mined[] {
  const truth = topic.filter((ordinal) => !without.has(ordinal))
  const text = withoutCitations(
    said,
    truth.map((ordinal) => graph.subject(ordinal)),
  )
  if (truth.length === 0 || !says(text, fewestWords)) return []
  return [{ from, text, truth, seenFrom: graph.parents(from), without }]
}

function mergesBySecondParent(graph: CommitGraph): Map<number, number> {
  const merges = new Map<number, number>()
  for (const ordinal of graph.ordinals()) {
    const [, second] = graph.parents(ordinal)
    if (second !== undefined && !merges.has(second)) merges.set(second, ordinal)
  }
  return merges
}

/** Returns the entries that were added: paragraphs and points, each with the lines that go on with it. */
function entriesAdded({ files }: CommitPatch): string[] {
  const added = files
    .flatMap(({ hunks }) => hunks)
    .flatMap(({ body }) => body.toString('utf8').split('\n'))
    .map((line) => (line.startsWith('+') ? line.slice(1) : ''))
  return added
    .join('\n')
    .split(/\n\s*\n|\n(?=\s*[*-] )/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}
