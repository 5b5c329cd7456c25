import type { Problem, StatusAnswer } from '../contract/status.ts'
import type { Service } from '../contract/service.ts'
import type { StateFolders } from '../contract/state.ts'
import type { HeldConfig } from './held-config.ts'
import type { Workers } from '../native-workers/supervisor.ts'
import { hasDamagedJournal, journalLosses } from './journal-losses.ts'
import type { Repositories } from './repositories.ts'
import { aging, sharing } from './sharing.ts'

/** What a status is made of. */
export interface StatusParts {
  readonly service: Service
  readonly folders: StateFolders
  readonly workers: Workers
  readonly repositories: Repositories
  /** The user's own settings. */
  readonly config: HeldConfig
}

/** What this process takes; a fifth of a second old at most, since the kernel adds it up anew each time. */
const usage = aging(async () => {
  const { user, system } = process.cpuUsage()
  return { cpuSeconds: (user + system) / 1e6, rssBytes: process.memoryUsage.rss() }
}, 200)

/** Returns what says what the daemon holds, what it costs and what is wrong; those who ask at once share an answer. */
export function createStatus(parts: StatusParts): () => Promise<StatusAnswer> {
  // A journal is found damaged when it is opened: without traces of that now there will be none, and no need to look.
  const mayLack = hasDamagedJournal(parts.folders.state)
  return sharing(() => statusOf(parts, mayLack), betweenMs)
}

/** A status is no older than it takes to look; it is looked for so often at most, in milliseconds. */
const betweenMs = 4

async function statusOf(
  { service, folders, workers, repositories, config }: StatusParts,
  mayLack: boolean,
): Promise<StatusAnswer> {
  const [states] = await Promise.all([
    Promise.all(repositories.list().map((held) => held.status())),
    config.refresh(),
  ])
  const lost = mayLack ? journalLosses(folders.state, repositories) : []
  const problems = [...config.problems(), ...lost, ...repositories.list().flatMap((held) => held.problems())]
  const { cpuSeconds, rssBytes: ownBytes } = await usage()
  const { pid, restarts, rssBytes } = workers.state()
  return {
    daemon: {
      ...service,
      state: folders.state,
      rssBytes: ownBytes + rssBytes,
      cpuSeconds,
      workers: { running: pid !== undefined, restarts },
    },
    repositories: states,
    problems: eachOnce(problems),
  }
}

/** What is wrong with the user's own settings is wrong for every repository, and said once. */
function eachOnce(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()]
}
