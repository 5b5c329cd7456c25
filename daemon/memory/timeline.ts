import type { TimelineAnswer } from '../../contract/answers.ts'
import { AiosError } from '../../contract/errors.ts'
import type { InputOf } from '../../contract/route.ts'
import type { routes } from '../../contract/routes.ts'
import { positionIn } from '../pages/cursor.ts'
import { stretchOf } from '../pages/page.ts'
import { isoTime } from './episode.ts'
import { admitting, seeingAsOf } from './filters.ts'
import type { Memory } from './memory.ts'
import { newestFirst } from './order.ts'
import { resolveRevision } from './revision.ts'

type Question = InputOf<typeof routes.timeline>

const listName = 'timeline'
const defaultLimit = 30

/** Lists remembered commits, newest first, a stretch at a time. A cursor stays good while commits are added. */
export async function timeline(
  input: Question,
  memory: Memory,
  signal: AbortSignal,
): Promise<TimelineAnswer> {
  const { graph } = memory
  const sees = await seeingAsOf(input.asOf, graph, (revision) => resolveRevision(revision, memory, signal))
  const admits = admitting(input, { graph, now: memory.now, sees })
  const order = newestFirst(graph)
  const after = input.cursor === undefined ? undefined : ordinalAt(input.cursor, memory)
  const limit = input.limit ?? defaultLimit
  const ordered = [...graph.ordinals()]
    .filter((ordinal) => (admits?.(ordinal) ?? true) && (after === undefined || order(after, ordinal) < 0))
    .toSorted(order)
  return stretchOf(listName, ordered, limit, graph.oid, (ordinal) => itemOf(ordinal, memory))
}

function itemOf(ordinal: number, { graph, isReachable }: Memory): TimelineAnswer['items'][number] {
  return {
    oid: graph.oid(ordinal),
    subject: graph.subject(ordinal),
    author: graph.author(ordinal).name,
    time: isoTime({ time: graph.committerTime(ordinal), zone: 0 }),
    kind: graph.kind(ordinal),
    files: graph.pathCount(ordinal),
    reachable: isReachable(graph.oid(ordinal)),
  }
}

/** A cursor holds the oid of the last commit that was listed: that one's place does not change. */
function ordinalAt(cursor: string, { graph }: Memory): number {
  const ordinal = graph.ordinalOf(positionIn(listName, cursor))
  if (ordinal === undefined || !graph.isKnown(ordinal)) {
    throw new AiosError('request.cursor', 'The commit that the cursor stands at is not remembered any more.')
  }
  return ordinal
}
