import type { WhyEpisode } from '../../contract/answers.ts'
import type { EpisodeRow } from '../store/store.ts'
import type { Memory } from './memory.ts'
import type { BlamedLine } from './why.ts'

/** What an explanation rests on. */
export interface Evidence {
  readonly episodes: readonly WhyEpisode[]
  readonly blamed: readonly BlamedLine[]
  readonly rows: readonly EpisodeRow[]
  readonly memory: Memory
}

/** A change of so many files is seldom about the line that was asked for. */
const sweepingPaths = 100

/** Returns, in words, what makes an explanation less sure. */
export function doubtsAbout({ episodes, blamed, rows, memory }: Evidence): string[] {
  const last = episodes.find((episode) => episode.role === 'last-changed')
  if (last === undefined) return ['No remembered commit changed this last.']
  const row = rows.find((candidate) => candidate.oid === last.oid)
  const doubts: string[] = []
  if (blamed.some((line) => line.boundary)) doubts.push('The history is shallow: it may begin earlier.')
  if (last.reason === '') doubts.push('The last change says nothing but its subject.')
  if ((row?.changes.length ?? 0) > sweepingPaths) {
    doubts.push(`The last change swept through ${row?.changes.length} files.`)
  }
  if (/\b(reformat|format|indent|whitespace|prettier|lint|rename|copyright|license)\b/i.test(last.subject)) {
    doubts.push('The last change looks like it only touched the form.')
  }
  if (blamed.some((line) => memory.graph.ordinalOf(line.oid) === undefined)) {
    doubts.push('Some lines come from commits that are not remembered yet.')
  }
  return doubts
}
