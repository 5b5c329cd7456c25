import { createTestRepository, type TestRepository } from '../../fixtures/git/test-repository.ts'

/** A repository in which time passes, for histories that are written and rewritten. */
export interface Workshop extends TestRepository {
  /** Moves the clock on; commits in between share their second. */
  pass(seconds: number): void
  /** Runs git at this moment, with variables of its own. */
  at(args: readonly string[], env?: Record<string, string>): string
  /** Writes files and commits them at this moment. */
  work(message: string, files?: Readonly<Record<string, string>>): string
  /** Returns the commits of a range, oldest first. */
  commits(range: string): string[]
  head(): string
}

/** Creates an empty repository whose clock begins in 2023. */
export function createWorkshop(): Workshop {
  const repository = createTestRepository()
  let clock = 1_700_000_000

  const at: Workshop['at'] = (args, env = {}) => {
    const moment = { GIT_AUTHOR_DATE: `${clock} +0000`, GIT_COMMITTER_DATE: `${clock} +0000` }
    return repository
      .run(args, { env: { ...moment, GIT_EDITOR: 'true', ...env } })
      .toString()
      .trimEnd()
  }
  return {
    ...repository,
    at,
    pass: (seconds) => void (clock += seconds),
    work(message, files = {}) {
      for (const [path, content] of Object.entries(files)) repository.write(path, content)
      repository.git('add', '--all')
      at(['commit', '--quiet', '--allow-empty', '-m', message])
      return repository.git('rev-parse', 'HEAD')
    },
    commits: (range) => repository.git('rev-list', '--reverse', range).split('\n').filter(Boolean),
    head: () => repository.git('rev-parse', 'HEAD'),
  }
}

/** Returns so many numbered lines, some of them in other words. */
export function lines(count: number, changed: Readonly<Record<number, string>> = {}): string {
  return Array.from({ length: count }, (_, index) => `${changed[index + 1] ?? `line ${index + 1}`}\n`).join(
    '',
  )
}
