import type { FalseBlocks } from '../contract/plugin-answers.ts'

/** Returns how often a gate refuses what it should not, and how sure that is. */
export function falseBlocksOf(calls: number, denials: number, falseBlocks: number): FalseBlocks {
  const rate = calls === 0 ? 0 : falseBlocks / calls
  return { calls, denials, falseBlocks, rate, interval: interval(falseBlocks, calls) }
}

/** Calls after which the rate counts as known. */
export const enoughCalls = 20

const z = 1.96

/** Returns Wilson’s interval, which stays sensible for few calls and for none refused. */
function interval(hits: number, calls: number): [number, number] {
  if (calls === 0) return [0, 1]
  const share = hits / calls
  const middle = share + z ** 2 / (2 * calls)
  const spread = z * Math.sqrt((share * (1 - share)) / calls + z ** 2 / (4 * calls ** 2))
  const scale = 1 + z ** 2 / calls
  return [Math.max(0, (middle - spread) / scale), Math.min(1, (middle + spread) / scale)]
}
