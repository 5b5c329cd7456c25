import { join } from 'node:path'
import { createRandom } from '../../../native-workers/random.ts'
import type { Ground, Outcome, Task } from '../ground.ts'
import { createBench, type Bench } from '../rewriting/bench.ts'
import { makeClone } from '../rewriting/clone.ts'
import { scripts, type Script } from '../rewriting/scripts.ts'
import { openThrowAway, type ThrowAway } from '../throw-away.ts'

/** Fewer commits leave nothing to take back. */
const fewestCommits = 20
/** Each takes some twenty processes. */
const mostRewrites = 42
const commitsPerTopic = 3

/** Branches of real changes are rewritten in a clone that is thrown away; each commit must be found again. */
export const rewrite: Task = {
  name: 'rewrite',
  async measure(ground, signal) {
    const { parts, seed } = ground
    const folder = join(parts.scratch, 'rewrites')
    const clone = await makeClone(parts.repository, join(folder, 'clone'), signal)
    if (clone === undefined || clone.commits.length < fewestCommits)
      return { questions: 0, note: `It takes ${fewestCommits} commits that are no merges.` }
    const { repository } = clone
    const tips = () => repository.tips(signal)
    const memory = await openThrowAway({ ...parts, repository, folder, tips }, () => {}, signal)
    try {
      await memory.settle()
      return await play(createBench(clone, createRandom(seed, 7)), memory, ground, signal)
    } finally {
      await memory.close()
    }
  },
}

interface Tally {
  commits: number
  found: number
}

async function play(bench: Bench, memory: ThrowAway, ground: Ground, signal: AbortSignal): Promise<Outcome> {
  const clean: Tally = { commits: 0, found: 0 }
  const squashed: Tally = { commits: 0, found: 0 }
  const turns = Math.min(mostRewrites, Math.max(scripts.length, ground.sample))
  let [wrong, clashed] = [0, 0]
  for (let turn = 0; turn < turns; turn++) {
    signal.throwIfAborted()
    const script = scripts[turn % scripts.length]
    if (script === undefined) break
    const played = await playOne(script, bench, memory)
    if (played === undefined) clashed += 1
    else {
      const tally = script.isSquash ? squashed : clean
      tally.commits += played.commits
      tally.found += played.right
      wrong += played.wrong.length
      await ground.keep({ question: script.name, ...played })
    }
    ground.say(turn + 1, turns)
  }
  return {
    questions: clean.commits + squashed.commits,
    measures: {
      ...(clean.commits === 0 ? {} : { cleanFound: clean.found / clean.commits }),
      cleanCommits: clean.commits,
      ...(squashed.commits === 0 ? {} : { squashFound: squashed.found / squashed.commits }),
      squashCommits: squashed.commits,
      wrongAttachments: wrong,
    },
    ...(clashed === 0 ? {} : { note: `${clashed} of ${turns} rewrites could not be made: changes clashed.` }),
  }
}

interface Played {
  readonly commits: number
  readonly right: number
  /** What was taken for another commit than the one that it became. */
  readonly wrong: readonly { readonly from: string; readonly to: string; readonly should: string | null }[]
}

async function playOne(script: Script, bench: Bench, memory: ThrowAway): Promise<Played | undefined> {
  const look = () => memory.settle()
  const topic = await bench.startTopic(commitsPerTopic)
  await look()
  const seen = memory.rewrites.length
  const made = topic.length < 2 ? undefined : await script.rewrite(bench, topic, look)
  await look()
  const found = memory.rewrites.slice(seen)
  await bench.finishTopic()
  await look()
  if (made === undefined) return undefined
  const isRight = ({ from, to }: { readonly from: string; readonly to: string }): boolean =>
    made.links.some((link) => link.from === from && link.to === to)
  const wrong = found
    .filter((link) => !isRight(link))
    .map(({ from, to }) => ({ from, to, should: made.links.find((link) => link.from === from)?.to ?? null }))
  return { commits: made.links.length, right: found.length - wrong.length, wrong }
}
