/** How much one call may say, in characters. */
export const textLimits = {
  mostHostCalls: 2_000,
  mostHostCharacters: 8 * 2 ** 20,
  mostResultCharacters: 2 ** 20,
  mostMessageCharacters: 1_000,
} as const
