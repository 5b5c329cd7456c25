import { context } from '../../memory/context.ts'
import type { Memory } from '../../memory/memory.ts'
import { recallAmong } from '../../memory/recall.ts'
import { loadTokenCounter, type CountTokens } from '../../memory/tokens.ts'
import type { Mined } from '../ask-recall.ts'
import type { Ground, Task } from '../ground.ts'
import { meanOf } from '../measures.ts'
import { memoryThen, pastFrom, type Past } from '../sight.ts'
import { wonderings } from '../wonder.ts'

const budgets = [1000, 2000, 4000] as const
/** What a pack is compared with: what recall finds among so many. */
const consideredHits = 20

/** Of what recall finds in twenty answers, a pack of some thousand tokens must hold as much as it can. */
export const budget: Task = {
  name: 'budget',
  async measure(ground, signal) {
    const questions = await wonderings(ground, signal)
    if (questions.length === 0)
      return {
        questions: 0,
        note: 'No commit has a subject of its own of four words or more, and none is cited.',
      }
    const countTokens = await loadTokenCounter()
    const asked: Packed[] = []
    for (const [turn, question] of questions.entries()) {
      signal.throwIfAborted()
      const packed = await pack(question, countTokens, ground, signal)
      asked.push(packed)
      await ground.keep({
        from: ground.memory.graph.oid(question.from),
        question: question.text.slice(0, 2000),
        truth: question.truth.map((ordinal) => ground.memory.graph.oid(ordinal)),
        ...packed,
      })
      ground.say(turn + 1, questions.length)
    }
    return {
      questions: questions.length,
      places: asked.map(({ place }) => place),
      measures: measuresOf(asked),
    }
  },
}

/** At which place recall had the answer, and whether each pack has it. */
interface Packed {
  readonly place: number
  readonly within: readonly boolean[]
}

async function pack(
  question: Mined,
  countTokens: CountTokens,
  ground: Ground,
  signal: AbortSignal,
): Promise<Packed> {
  const sight = pastFrom(question, ground.memory.graph)
  const memory = memoryThen(question, sight, ground.memory)
  const truth = new Set(question.truth.map((ordinal) => memory.graph.oid(ordinal)))
  const input = { question: question.text, repository: memory.id, limit: consideredHits }
  const { hits } = await recallAmong(input, memory, sight, signal)
  const within: boolean[] = []
  for (const size of budgets)
    within.push(await holds(question.text, size, { memory, sight, truth, countTokens }, signal))
  return { place: 1 + hits.findIndex(({ oid }) => truth.has(oid)), within }
}

interface Packing {
  readonly memory: Memory
  readonly sight: Past
  readonly truth: ReadonlySet<string>
  readonly countTokens: CountTokens
}

async function holds(
  task: string,
  size: number,
  { memory, sight, truth, countTokens }: Packing,
  signal: AbortSignal,
): Promise<boolean> {
  const nothing = async () => []
  const parts = {
    memory,
    sight,
    countTokens: async () => countTokens,
    stagedPaths: nothing,
    rangePaths: nothing,
    present: async () => new Set<string>(),
  }
  const { blocks } = await context({ repository: memory.id, task, budget: size }, parts, signal)
  return blocks.some(({ citations }) => citations.some(({ oid }) => truth.has(oid)))
}

/** The shares of what recall found in twenty answers, and of all that was asked. */
function measuresOf(asked: readonly Packed[]): Record<string, number> {
  const found = asked.filter(({ place }) => place > 0)
  return {
    r20: meanOf(asked.map(({ place }) => Number(place > 0))),
    ...Object.fromEntries(
      budgets.map((size, index) => [
        `within${size}`,
        meanOf(found.map(({ within }) => Number(within[index] ?? false))),
      ]),
    ),
  }
}
