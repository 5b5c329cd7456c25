import { isAbsolute, join } from 'node:path'
import type { ConfigAnswer } from '../contract/config-answer.ts'
import { AiosError } from '../contract/errors.ts'
import type { InputOf } from '../contract/route.ts'
import type { routes } from '../contract/routes.ts'
import { describeConfig, loadConfig } from './config.ts'
import { setConfig } from './config-set.ts'
import type { Git } from './git/git.ts'
import { openRepository } from './git/repository.ts'
import type { Repositories } from './repositories.ts'

/** Shows and changes settings. */
export interface ConfigDoor {
  show(repository: string | undefined): Promise<ConfigAnswer>
  set(input: InputOf<typeof routes.setConfig>): Promise<ConfigAnswer>
}

/** Creates the door to the settings in the user's file and in the repositories' files. */
export function createConfigDoor(
  userFile: string,
  environment: Readonly<Record<string, string | undefined>>,
  repositories: Repositories,
  git: Git | undefined,
  onChanged: () => Promise<void>,
): ConfigDoor {
  async function repositoryFile(name: string): Promise<string> {
    return join((await repositories.find(name)).registration.path, '.aiosrc.yaml')
  }

  /** A file is worth a look before its repository is registered: it may be why somebody looks. */
  async function anyFile(name: string): Promise<string> {
    try {
      return await repositoryFile(name)
    } catch (error) {
      if (!(error instanceof AiosError && error.code === 'repository.unknown' && isAbsolute(name)))
        throw error
      return join((await openRepository(name, git)).root, '.aiosrc.yaml')
    }
  }

  async function show(repository: string | undefined): Promise<ConfigAnswer> {
    const own = repository === undefined ? {} : { repositoryFile: await anyFile(repository) }
    return describeConfig(await loadConfig({ userFile, environment, ...own, tolerate: 'everything' }))
  }

  return {
    show,
    async set({ key, value, scope, repository }) {
      if (scope === 'repository' && repository === undefined) {
        throw new AiosError('request.invalid', 'Name the repository whose file is to be changed.')
      }
      const path =
        repository !== undefined && scope === 'repository' ? await repositoryFile(repository) : userFile
      await setConfig({ path, scope }, key, value)
      await onChanged()
      return show(repository)
    },
  }
}
