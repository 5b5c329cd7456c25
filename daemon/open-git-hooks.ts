import type { Logger } from 'pino'
import { questionHooks } from '../contract/hook-routes.ts'
import type { StateFolders } from '../contract/state.ts'
import { isInputOf } from './bus/hook-rules.ts'
import type { HookBus } from './bus/hooks.ts'
import { createGit } from './git/git.ts'
import type { HeldConfig } from './held-config.ts'
import { createHookDoor, type HookDoor } from './hook-door.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Repositories } from './repositories.ts'

/** What the hooks of git are answered with. */
export interface GitHooksGround {
  readonly folders: StateFolders
  readonly logger: Logger
  readonly lifecycle: Lifecycle
  readonly hooks: HookBus
  readonly repositories: Repositories
  /** The user's own settings, as they are in force. */
  readonly config: Pick<HeldConfig, 'config' | 'onChange'>
}

/** Makes the door for git's hooks; it is opened when the daemon listens, and closed with it. */
export function openGitHooks(ground: GitHooksGround): HookDoor {
  const { folders, logger, lifecycle, hooks, repositories, config } = ground
  const onError = (error: unknown) => logger.warn({ err: error }, 'hooks')
  const ending = new AbortController()
  const door = createHookDoor({
    git: createGit(),
    repositories,
    state: folders.state,
    socket: folders.socket,
    async ask(hook, data, { skip }, signal) {
      if (!isInputOf(hook, data)) throw new Error(`What was made of ${hook} is not its input.`)
      return hooks.run(hook, data, signal, { skip })
    },
    tell(hook, data) {
      if (!isInputOf(hook, data)) throw new Error(`What was made of ${hook} is not its input.`)
      hooks.run(hook, data, ending.signal).catch((error: unknown) => {
        if (!ending.signal.aborted) onError(error)
      })
    },
    unanswered: () => config.config.hooks.onFailure,
    onError,
  })
  // Where the sign cannot be written, hooks go on as before; whoever registered must not fail for that.
  const hang = (how: () => void) => {
    try {
      how()
    } catch (error) {
      onError(error)
    }
  }
  const unsubscribe = hooks.onRegistered(() => hang(() => door.listens(questionHooks.filter(hooks.isHeard))))
  config.onChange(() => hang(door.refresh))
  lifecycle.onClose('git hooks', async () => {
    unsubscribe()
    ending.abort()
    await door.close()
  })
  return {
    ...door,
    open() {
      door.open()
      // Closed first, because opened last: plugins that go with the daemon would have wanted to be asked.
      lifecycle.onClose('what is heard of listeners', unsubscribe)
    },
  }
}
