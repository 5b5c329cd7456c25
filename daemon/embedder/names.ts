/** What distinguishes one learned embedder from another of the same version. */
interface Settings {
  readonly dimensions: number
  readonly seed: number
}

/** Returns the id of the table that nothing was learned for. */
export function nameOfUntrained({ dimensions, seed }: Settings): string {
  return `learned-v1-untrained-${dimensions}-${seed}`
}

/** Returns the id of weights that were learned, by their hash. */
export function nameOfTrained({ dimensions, seed }: Settings, hash: string): string {
  return `learned-v2-${hash}-${dimensions}-${seed}`
}

/** Returns the id of vectors whose weights were lost: no question is near any of them. */
export function nameOfLost({ dimensions, seed }: Settings): string {
  return `learned-v2-lost-${dimensions}-${seed}`
}

/** Returns the hash of the weights that an id names; undefined when it names none of these settings. */
export function hashInName(id: string, settings: Settings): string | undefined {
  const hash = id.split('-')[2] ?? ''
  return /^[0-9a-f]{32}$/.test(hash) && id === nameOfTrained(settings, hash) ? hash : undefined
}

/** Says whether the embedder with this id was learned, and still is known. */
export function isTrained({ id }: { readonly id: string }): boolean {
  return /^learned-v2-[0-9a-f]{32}-/.test(id)
}
