/** Turns many notices into few calls. */
export interface Debounce {
  notice(): void
  close(): void
}

/** A notice after a silence is passed on after this long: a commit should be known at once. */
const firstMs = 25

/** How long it must have been silent for a notice to be the first. */
const silenceMs = 250

/** Notices that follow each other are passed on after a pause this long… */
const pauseMs = 100

/** …but never later than this. */
const mostMs = 2000

/**
 * Creates a debounce that is quick for one event and calm in a storm.
 *
 * While `isBusy`, nothing is passed on; it is asked again until it is not.
 */
export function createDebounce(onHint: () => void, isBusy: () => boolean): Debounce {
  let timer: NodeJS.Timeout | undefined
  let since: number | undefined
  let isQuick = false
  let lastHint = -Infinity

  const fire = () => {
    timer = undefined
    if (isBusy()) {
      timer = setTimeout(fire, pauseMs)
      return
    }
    since = undefined
    isQuick = false
    lastHint = performance.now()
    onHint()
  }

  return {
    notice() {
      const now = performance.now()
      if (since === undefined) {
        since = now
        isQuick = now - lastHint > silenceMs
      } else if (isQuick) return
      clearTimeout(timer)
      const left = Math.max(0, since + mostMs - now)
      timer = setTimeout(fire, isQuick ? firstMs : Math.min(pauseMs, left))
    },
    close: () => clearTimeout(timer),
  }
}
