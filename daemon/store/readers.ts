/** Counts who reads, so that no file is removed under a reader. */
export interface Readers {
  /** Counts a reader until the returned function is called. */
  enter(): () => void
  /** Returns whether all who read now have ended within the time. Those who come later read what is new. */
  drained(withinMs: number): Promise<boolean>
}

/** Creates a count of nobody. */
export function createReaders(): Readers {
  const reading = new Set<Promise<void>>()
  return {
    enter() {
      const { promise, resolve } = Promise.withResolvers<void>()
      reading.add(promise)
      return () => {
        reading.delete(promise)
        resolve()
      }
    },
    async drained(withinMs) {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<false>((resolve) => {
        timer = setTimeout(resolve, withinMs, false)
      })
      const ended = Promise.all(reading).then(() => true)
      return Promise.race([ended, late]).finally(() => clearTimeout(timer))
    },
  }
}
