import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ConfigSources, Loaded } from '../../../daemon/config.ts'
import { loadConfig } from '../../../daemon/config.ts'

/** Creates a folder with room for the user's file and for a repository's. */
export function createPlace() {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'config-')))
  mkdirSync(join(root, 'repository'))
  const userFile = join(root, 'config.yaml')
  const repositoryFile = join(root, 'repository', '.aiosrc.yaml')

  return {
    root,
    userFile,
    repositoryFile,

    write: (path: string, content: string | Buffer, mode = 0o600): void => {
      writeFileSync(path, content)
      chmodSync(path, mode)
    },

    read: (path: string): string => readFileSync(path, 'utf8'),

    modeOf: (path: string): string => (statSync(path).mode & 0o7777).toString(8),

    load,

    /** Returns every problem as it is shown, with the folder's name taken out. */
    problems: async (sources: Partial<ConfigSources> = {}): Promise<string> => {
      const { problems } = await load({ tolerate: 'everything', ...sources })
      return problems.map(({ code, message }) => `${code}\n${message}`.replaceAll(root, '')).join('\n')
    },
  }

  function load(sources: Partial<ConfigSources> = {}): Promise<Loaded> {
    return loadConfig({ userFile, repositoryFile, environment: {}, ...sources })
  }
}
