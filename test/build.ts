/** Builds the programs once before any test, so that none of them tries what was built of older sources. */
export async function setup(): Promise<void> {
  await import('../scripts/build.ts')
}
