import type { Config } from '../contract/config.ts'
import { createIdleExit, type IdleExit } from './idle.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Repositories } from './repositories.ts'
import type { Tasks } from './tasks/tasks.ts'

/** What the wait is opened with. */
export interface IdleGround {
  readonly settings: Config
  readonly lifecycle: Lifecycle
  readonly onStop: (reason: string) => void
}

/** Opens the wait: a daemon that reads, or that has work to do, is not idle. */
export function openIdleExit(
  { settings, lifecycle, onStop }: IdleGround,
  repositories: Pick<Repositories, 'list'>,
  tasks: Pick<Tasks, 'isBusy'>,
): IdleExit {
  const idle = createIdleExit({
    minutes: settings.daemon.idleExitMinutes,
    isBusy: () => tasks.isBusy() || repositories.list().some((held) => held.isReading()),
    onIdle: () => onStop('idle'),
  })
  lifecycle.onClose('idle', idle.close)
  return idle
}
