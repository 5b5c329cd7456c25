/** Lets those who want the same wait for each other. */
export interface Turns {
  /** Runs the act when all that were asked for this key before it have ended, however they ended. */
  take<T>(key: string, act: () => Promise<T>): Promise<T>
  /** Resolves when nothing is under way any more. */
  ended(): Promise<void>
}

/** Creates turns, one queue for each key. */
export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>()

  return {
    take(key, act) {
      const result = (last.get(key) ?? Promise.resolve()).then(act)
      const end = result
        .catch(() => {})
        .then(() => {
          if (last.get(key) === end) last.delete(key)
        })
      last.set(key, end)
      return result
    },
    async ended() {
      while (last.size > 0) await Promise.all(last.values())
    },
  }
}
