/** Passages of each commit that the writer puts. */
export const passagesPerCommit = 3

/** Returns the names of a round's commits; before the first round there are none. */
export function commitsOf(round: number): string[] {
  return Array.from({ length: round < 0 ? 0 : 7 }, (_, index) => `${round}.${index}`)
}
