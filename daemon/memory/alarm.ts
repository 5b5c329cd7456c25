import type { CommitGraph } from './commit-graph.ts'
import { companionsOf } from './cochange.ts'

/** How sure co-change must be before it says that a file was forgotten, as this repository's past shows. */
export interface Alarm {
  /** The least confidence that was right often enough; undefined when none was. */
  readonly threshold: number | undefined
  /** How often alarms above the threshold were right. */
  readonly precision: number | undefined
}

/** The newest commits that are replayed. */
const replayed = 400
/** Fewer alarms than this prove nothing. */
const fewestAlarms = 15
const leastThreshold = 0.2
const thresholds = [leastThreshold, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]

/** Returns the alarm that is right at least this often. */
export type AlarmGauge = (leastPrecision: number) => Alarm

/** Creates a gauge for a graph. What it measured holds until a tenth more commits were added. */
export function createAlarmGauge(graph: CommitGraph): AlarmGauge {
  let measured: { alarm: Alarm; size: number; leastPrecision: number } | undefined
  return (leastPrecision) => {
    if (measured?.leastPrecision !== leastPrecision || graph.size > measured.size * 1.1) {
      measured = { alarm: calibrateAlarm(graph, leastPrecision), size: graph.size, leastPrecision }
    }
    return measured.alarm
  }
}

/**
 * Measures the forgotten-file alarm on the past: of each commit one file is hidden, and what changed before
 * must name it. Only older commits are seen, so the figure is what a user would have met.
 */
export function calibrateAlarm(
  graph: CommitGraph,
  leastPrecision: number,
  past: Iterable<number> = graph.ordinals(),
): Alarm {
  const alarms = trialsOf(graph, past).flatMap((trial) => attempt(trial, graph))
  for (const threshold of thresholds) {
    const fired = alarms.filter(({ confidence }) => confidence >= threshold)
    if (fired.length < fewestAlarms) break
    const precision = fired.filter(({ right }) => right).length / fired.length
    if (precision >= leastPrecision) return { threshold, precision }
  }
  return { threshold: undefined, precision: undefined }
}

interface Trial {
  readonly ordinal: number
  readonly hidden: string
  readonly shown: readonly string[]
}

/** Says whether one file of a commit can be hidden so that the others tell of it. */
export function canLackOne(graph: CommitGraph, ordinal: number): boolean {
  const paths = graph.pathCount(ordinal)
  return paths >= 2 && paths <= 12 && graph.kind(ordinal) !== 'merge'
}

function trialsOf(graph: CommitGraph, past: Iterable<number>): Trial[] {
  return [...past]
    .filter((ordinal) => canLackOne(graph, ordinal))
    .toSorted((a, b) => graph.committerTime(b) - graph.committerTime(a))
    .slice(0, replayed)
    .flatMap((ordinal, turn) => {
      const paths = graph.paths(ordinal)
      const hidden = paths[turn % paths.length]
      return hidden === undefined ? [] : [{ ordinal, hidden, shown: paths.filter((path) => path !== hidden) }]
    })
}

/** The alarms as they would have sounded: each file that would have been named, and whether it was the hidden one. */
function attempt(
  { ordinal, hidden, shown }: Trial,
  graph: CommitGraph,
): { confidence: number; right: boolean }[] {
  const time = graph.committerTime(ordinal)
  const isOlder = (other: number): boolean => other !== ordinal && graph.committerTime(other) < time
  return companionsOf(shown, graph, isOlder)
    .filter(({ confidence }) => confidence >= leastThreshold)
    .map(({ confidence, path }) => ({ confidence, right: path === hidden }))
}
