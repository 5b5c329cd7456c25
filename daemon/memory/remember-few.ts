import type { CatchUpParts, Frontier } from './catch-up.ts'
import type { EpisodeFacts } from '../store/store.ts'
import { isBare, prepareChanges, prepareMessages, rememberChanges, rememberMessages } from './remember.ts'
import { walkNew } from './walk.ts'

/** Remembers new commits whole when they are few; undefined when they are to be read in bulk. */
export async function readFew(
  before: Frontier,
  after: Frontier,
  parts: CatchUpParts,
  signal: AbortSignal,
): Promise<string[] | undefined> {
  if (before.tips.length === 0 || before.horizon !== after.horizon) return undefined
  const { completeness, reader, isSettled } = parts
  const commits = await walkNew(after.tips, isSettled, async (oid) => (await reader.read([oid], signal))[0])
  const fresh = commits?.filter(({ header }) => !isRemembered(header.oid, parts))
  if (fresh === undefined || fresh.length === 0) return fresh === undefined ? undefined : []
  const rows = await prepareMessages(
    fresh.map(({ header }) => header),
    parts,
    signal,
  )
  const facts = await rememberMessages(rows, parts)
  keepMessages(facts, parts)
  const bare = new Set(facts.filter(isBare).map(({ oid }) => oid))
  const prepared = await prepareChanges(
    fresh.filter(({ header }) => !bare.has(header.oid)).map(({ patch }) => patch),
    parts,
    signal,
  )
  await rememberChanges(prepared, parts)
  completeness.add(facts.map(({ oid }) => oid))
  return rows.map(({ oid }) => oid)
}

/** Makes commits whose messages are durable known to everyone. */
export function keepMessages(
  facts: readonly EpisodeFacts[],
  { graph, progress, publish, repository }: CatchUpParts,
): void {
  for (const one of facts) graph.add(one)
  progress.advance(facts.length)
  const newest = facts[0]
  if (newest !== undefined) {
    publish({ type: 'memory.remembered', data: { repository, commits: facts.length, newest: newest.oid } })
  }
}

/** Says whether a commit's message is remembered. */
export function isRemembered(oid: string, { graph }: Pick<CatchUpParts, 'graph'>): boolean {
  const ordinal = graph.ordinalOf(oid)
  return ordinal !== undefined && graph.isKnown(ordinal)
}

/** Returns a frontier as far as it counts: its tips were remembered, and where one is not, its table was damaged. */
export function unlost(kept: Frontier, { graph }: Pick<CatchUpParts, 'graph'>): Frontier {
  return kept.tips.every((tip) => isRemembered(tip, { graph })) ? kept : { ...kept, tips: [] }
}
