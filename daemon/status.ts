import type { Problem, StatusAnswer } from '../contract/status.ts'
import type { Service } from '../contract/service.ts'
import type { StateFolders } from '../contract/state.ts'
import type { HeldConfig } from './held-config.ts'
import type { Workers } from '../native-workers/supervisor.ts'
import { lostRepositories } from './lost-repositories.ts'
import type { Repositories } from './repositories.ts'
import { aging } from './sharing.ts'

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

/** Says what the daemon holds, what it costs and what is wrong. */
export async function statusOf({
  service,
  folders,
  workers,
  repositories,
  config,
}: StatusParts): Promise<StatusAnswer> {
  const [states] = await Promise.all([
    Promise.all(repositories.list().map((held) => held.status())),
    config.refresh(),
  ])
  const lost = lostRepositories(folders.state, repositories)
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
