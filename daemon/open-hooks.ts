import type { Logger } from 'pino'
import type { StateFolders } from '../contract/state.ts'
import { createGit } from './git/git.ts'
import { createHookDoor, type HookDoor } from './hook-door.ts'
import type { AskListeners } from './hooks/ask.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Repositories } from './repositories.ts'

/** What the hooks of git are answered with. */
export interface HooksGround {
  readonly folders: StateFolders
  readonly logger: Logger
  readonly lifecycle: Lifecycle
}

/** Nobody listens to git's questions yet: no hook asks, and who asks all the same may go on. */
const allowAll: AskListeners = async () => ({ decision: 'allow', findings: [], results: [] })

/** Makes the door for git's hooks; it is opened when the daemon listens, and closed with it. */
export function openHooks({ folders, logger, lifecycle }: HooksGround, repositories: Repositories): HookDoor {
  const door = createHookDoor({
    git: createGit(),
    repositories,
    state: folders.state,
    socket: folders.socket,
    ask: allowAll,
    tell: () => {},
    unanswered: 'allow',
    onError: (error) => logger.warn({ err: error }, 'hooks'),
  })
  lifecycle.onClose('hooks', () => door.close())
  return door
}
