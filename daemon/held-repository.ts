import { AiosError } from '../contract/errors.ts'
import type { Problem, RepositoryStatus } from '../contract/status.ts'
import { createHealth } from './held-health.ts'
import { problemsOf, statusOf } from './held-status.ts'
import { createLifecycle, type Lifecycle } from './lifecycle.ts'
import { openRegistered, type OpenRepository, type SharedParts } from './open-repository.ts'
import type { RegisteredRepository } from './store/journal.ts'

/** A registered repository while the daemon runs, whether it can be read or not. */
export interface HeldRepository {
  readonly registration: RegisteredRepository
  /** Returns the repository when it is open; tries again when it could not be opened, and fails with the reason. */
  open(): Promise<OpenRepository>
  /** Answers from the repository when it is open; fails with `daemon.busy` when it is closed meanwhile. */
  answer<T>(from: (open: OpenRepository) => Promise<T>): Promise<T>
  status(): Promise<RepositoryStatus>
  /** Returns what is wrong, each with the command that mends it. */
  problems(): Problem[]
  /** Returns the repository if it is open now; undefined otherwise. */
  current(): OpenRepository | undefined
  /** Says whether its history is being read, or learned from. */
  isReading(): boolean
  close(): Promise<void>
}

/** Waits between attempts to open what could not be opened, in milliseconds. */
const pauses = [2_000, 5_000, 15_000, 60_000]

/** Holds a repository: opens it when asked, watches it, and keeps its memory level with git until it is closed. */
export function holdRepository(registration: RegisteredRepository, shared: SharedParts): HeldRepository {
  const { id } = registration
  const ending = new AbortController()
  const health = createHealth(registration, shared, ending.signal)
  let opening: Promise<OpenRepository> | undefined
  let current: OpenRepository | undefined
  let lifecycle: Lifecycle | undefined
  let retry: NodeJS.Timeout | undefined
  let failures = 0

  async function attempt(): Promise<OpenRepository> {
    clearTimeout(retry)
    const opened = createLifecycle((name, error) => shared.onTrouble(`${id}: closing ${name}`, error))
    try {
      current = await openRegistered(registration, shared, opened, health, ending.signal)
      lifecycle = opened
      failures = 0
      return current
    } catch (error) {
      await opened.close()
      opening = undefined
      health.failed(error)
      if (!ending.signal.aborted) retry = setTimeout(again, pauses[Math.min(failures, pauses.length - 1)])
      failures += 1
      return failed(error, id, ending.signal)
    }
  }

  function open(): Promise<OpenRepository> {
    if (ending.signal.aborted) return Promise.reject(closedError(id))
    return (opening ??= attempt())
  }

  /** A failure is kept in the status, where a person will look for it. */
  function again(): void {
    open().catch(() => {})
  }

  return {
    registration,
    open,
    answer: async (from) => from(await open()).catch((error: unknown) => failed(error, id, ending.signal)),
    async status() {
      if (current === undefined) await Promise.race([opening?.catch(() => {}), soon()])
      return statusOf(registration, current, health)
    },
    problems: () => problemsOf(registration, current, health),
    current: () => current,
    isReading: () => current !== undefined && isBusy(current),
    async close() {
      ending.abort()
      clearTimeout(retry)
      await opening?.catch(() => {})
      await lifecycle?.close()
    },
  }
}

/** What is closed under whoever asks is not damaged, whatever they ran into. */
function failed(error: unknown, id: string, ending: AbortSignal): never {
  throw ending.aborted ? closedError(id) : error
}

/** Whoever asks again finds what took its place, or hears that there is nothing. */
function closedError(id: string): AiosError {
  return new AiosError('daemon.busy', `${id} is being forgotten, or begun again.`)
}

/** Learning is as much a reason to stay as reading is. */
function isBusy({ remembered }: OpenRepository): boolean {
  const { state } = remembered.teaching.status()
  return remembered.progress.current.phase !== 'idle' || state === 'training' || state === 'switching'
}

/** How long a status waits for a repository that is being opened. */
function soon(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, 250))
}
