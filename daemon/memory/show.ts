import type { ShowAnswer } from '../../contract/answers.ts'
import type { Tie } from '../../contract/episode.ts'
import { AiosError } from '../../contract/errors.ts'
import { episodeOf } from './episode.ts'
import type { Memory } from './memory.ts'
import { resolveRevision } from './revision.ts'

/** Shows one remembered commit, with the links that lead from it and to it. */
export async function show(revision: string, memory: Memory, signal: AbortSignal): Promise<ShowAnswer> {
  const oid = await resolveRevision(revision, memory, signal)
  const [row] = await memory.store.episodes([oid])
  if (row === undefined) throw new AiosError('episode.unknown', `${oid.slice(0, 12)} is not remembered.`)
  const [detail] = await memory.store.details([oid])
  const ties = tiesOf(oid, memory)
  const latest = memory.identities.latest(oid)
  const now = latest === oid ? [] : [latest]
  return {
    repository: memory.id,
    episode: episodeOf(row, detail, {
      identity: memory.identities.identityOf(oid),
      reachable: memory.isReachable(oid),
    }),
    ties,
    subjects: subjectsOf([...ties.flatMap(({ from, to }) => [from, to]), ...now], memory),
    was: memory.identities.was(oid),
    ...(now[0] === undefined ? {} : { now: now[0] }),
  }
}

function tiesOf(oid: string, { graph, ties, identities }: Memory): Tie[] {
  const ordinal = graph.ordinalOf(oid)
  const told = ordinal === undefined ? [] : [...ties.from(ordinal), ...ties.to(ordinal)]
  return [...told, ...identities.was(oid).map((old) => ({ kind: 'rewrites' as const, from: oid, to: old }))]
}

function subjectsOf(oids: readonly string[], { graph }: Memory): Record<string, string> {
  return Object.fromEntries(
    oids.flatMap((oid) => {
      const ordinal = graph.ordinalOf(oid)
      return ordinal === undefined ? [] : [[oid, graph.subject(ordinal)]]
    }),
  )
}
