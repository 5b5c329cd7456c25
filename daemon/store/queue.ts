/** Runs one piece of work after the other, in the order they came; one that fails does not stop the next. */
export interface Queue {
  run<T>(work: () => Promise<T>): Promise<T>
  /** Fulfilled when everything that was waiting has ended. */
  idle(): Promise<void>
}

/** Creates a queue in which nothing waits. */
export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve()
  return {
    run(work) {
      const result = last.then(work)
      last = result.catch(() => undefined)
      return result
    },
    async idle() {
      await last
    },
  }
}
