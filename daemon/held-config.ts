import { stat } from 'node:fs/promises'
import type { Config } from '../contract/config.ts'
import type { Problem } from '../contract/status.ts'
import { loadConfig, type ConfigSources } from './config.ts'

/** Settings that follow their files. */
export interface HeldConfig {
  readonly config: Config
  /** Returns what is wrong with the files as they are now. */
  problems(): Problem[]
  /** Reads the files again if they changed. What one of them set last stays in force while it is wrong. */
  refresh(): Promise<void>
  /** Calls this whenever other settings are in force than before. */
  onChange(listener: () => void): void
}

/** Loads settings and keeps them level with their files. `onProblem` is told of each version that is not in force. */
export async function holdConfig(
  sources: ConfigSources,
  onProblem: (error: unknown) => void,
): Promise<HeldConfig> {
  let stamp = await stampOf(sources)
  let loaded = await loadConfig(sources)
  loaded.problems.forEach(onProblem)
  const listeners: (() => void)[] = []

  return {
    get config() {
      return loaded.config
    },
    problems: () => loaded.problems.map(({ code, message, kind }) => ({ code, message, hint: kind.hint })),
    async refresh() {
      const now = await stampOf(sources)
      if (now === stamp) return
      stamp = now
      loaded = await loadConfig({ ...sources, tolerate: 'everything', former: loaded })
      loaded.problems.forEach(onProblem)
      for (const listener of listeners) listener()
    },
    onChange: (listener) => void listeners.push(listener),
  }
}

async function stampOf({ userFile, repositoryFile }: ConfigSources): Promise<string> {
  const files = repositoryFile === undefined ? [userFile] : [userFile, repositoryFile]
  const stamps = await Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ mtimeMs, ctimeMs, size, ino }) => `${mtimeMs}:${ctimeMs}:${size}:${ino}`,
        () => 'absent',
      ),
    ),
  )
  return stamps.join(' ')
}
