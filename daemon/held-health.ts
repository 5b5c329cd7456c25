import { AiosError } from '../contract/errors.ts'
import type { Fact } from '../contract/events.ts'
import type { RegisteredRepository } from './store/journal.ts'
import { refusalOf, storeError } from './store/lance-errors.ts'

/** What is wrong with a repository, as far as is known. */
export interface Health {
  readonly problem: unknown
  /** Whether memory was level with git at least once since the daemon began. */
  readonly wasLevel: boolean
  failed(error: unknown): void
  succeeded(): void
}

/** What a health needs to tell others. */
export interface HealthParts {
  readonly folderOf: (id: string) => string
  readonly onTrouble: (where: string, error: unknown) => void
  readonly publish: (fact: Fact) => void
}

/** Keeps the newest failure until something succeeds, and tells when the repository goes and comes back. */
export function createHealth(
  { id, path }: RegisteredRepository,
  { folderOf, onTrouble, publish }: HealthParts,
  signal: AbortSignal,
): Health {
  let problem: unknown
  let wasLevel = false

  return {
    get problem() {
      return problem
    },
    get wasLevel() {
      return wasLevel
    },
    failed(error) {
      if (signal.aborted) return
      onTrouble(id, error)
      if (isMissing(error) && !isMissing(problem))
        publish({ type: 'repository.missing', data: { repository: id, path } })
      problem = refusalOf(error) === undefined ? error : storeError(error, folderOf(id))
    },
    succeeded() {
      if (isMissing(problem)) publish({ type: 'repository.returned', data: { repository: id, path } })
      problem = undefined
      wasLevel = true
    },
  }
}

/** Says whether a failure means that the repository is not where it was. */
export function isMissing(error: unknown): boolean {
  return (
    error instanceof AiosError &&
    (error.code === 'repository.missing' || error.code === 'repository.not-found')
  )
}
