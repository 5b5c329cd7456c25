import { createRandom } from '../../../native-workers/random.ts'
import { calibrateAlarm, canLackOne, missingFrom } from '../../memory/alarm.ts'
import { companionsOf } from '../../memory/cochange.ts'
import type { CommitGraph } from '../../memory/commit-graph.ts'
import type { Ground, Outcome, Task } from '../ground.ts'
import { pastFrom } from '../sight.ts'
import { sampleOf } from '../span.ts'

/** A commit of which one file is hidden: the others are asked what belongs to them. */
interface Lacking {
  readonly from: number
  readonly hidden: string
  readonly shown: readonly string[]
}

/** All files of a commit but one are asked for that one; only files that changed before can be known. */
export const hiddenFile: Task = {
  name: 'hidden-file',
  async measure(ground, signal) {
    const { graph } = ground.memory
    const lacking = sampleOf(
      ground.span.asking.filter((ordinal) => canLackOne(graph, ordinal)),
      ground.sample * 2,
      ground.seed,
    )
    const trials = lacking.flatMap((from) => trialOf(from, graph, ground.seed)).slice(0, ground.sample)
    if (trials.length === 0)
      return { questions: 0, note: 'No commit changes two to twelve files of which one was changed before.' }
    return ask(trials, ground, signal)
  },
}

/** Hides a file by chance among those that some commit before has touched. */
function trialOf(from: number, graph: CommitGraph, seed: number): Lacking[] {
  const { sees } = pastFrom({ from, seenFrom: graph.parents(from) }, graph)
  const paths = graph.paths(from)
  const known = paths.filter((path) => graph.touching(path).some(sees))
  const hidden = known[Math.floor(createRandom(seed, graph.committerTime(from))() * known.length)]
  return hidden === undefined ? [] : [{ from, hidden, shown: paths.filter((path) => path !== hidden) }]
}

async function ask(trials: readonly Lacking[], ground: Ground, signal: AbortSignal): Promise<Outcome> {
  const { memory, baselines } = ground
  const { graph, config } = memory
  const alarm = calibrateAlarm(graph, config.related.minimumPrecision, ground.span.before)
  const fired: boolean[] = []
  const places: number[] = []
  const besides: number[] = []
  let cutShort = 0
  for (const [turn, trial] of trials.entries()) {
    signal.throwIfAborted()
    const seenFrom = graph.parents(trial.from)
    const { sees } = pastFrom({ from: trial.from, seenFrom }, graph)
    const companions = companionsOf(trial.shown, graph, sees)
    places.push(1 + companions.findIndex(({ path }) => path === trial.hidden))
    const named =
      alarm.threshold === undefined
        ? []
        : missingFrom(companions, {
            threshold: alarm.threshold,
            minimumSupport: config.related.minimumSupport,
          }).map(({ path }) => path)
    fired.push(...named.map((path) => path === trial.hidden))
    const listed = await baselines.beside(trial.shown, oidsOf(seenFrom, graph), signal)
    besides.push(1 + listed.lines.indexOf(trial.hidden))
    if (listed.cutShort) cutShort += 1
    await ground.keep({
      from: graph.oid(trial.from),
      question: trial.shown,
      truth: [trial.hidden],
      place: places.at(-1),
      top: companions.slice(0, 3).map(({ path }) => path),
      alarms: named,
      baselines: { files: besides.at(-1) },
    })
    ground.say(turn + 1, trials.length)
  }
  return {
    questions: trials.length,
    places,
    baselines: { files: { places: besides, cutShort } },
    measures: measuresOf(fired, alarm.threshold),
    ...(alarm.threshold === undefined
      ? { note: 'The alarm keeps silent: before these commits it was right too seldom at any confidence.' }
      : {}),
  }
}

function measuresOf(fired: readonly boolean[], threshold: number | undefined): Record<string, number> {
  if (threshold === undefined) return { alarms: 0 }
  const right = fired.filter(Boolean).length
  return {
    alarms: fired.length,
    alarmThreshold: threshold,
    ...(fired.length === 0 ? {} : { alarmPrecision: right / fired.length }),
  }
}

function oidsOf(ordinals: readonly number[], graph: CommitGraph): string[] {
  return ordinals.map((ordinal) => graph.oid(ordinal))
}
