import type { Broker } from './broker.ts'
import type { Instance } from './instance.ts'
import { brokered, type PluginRun } from './run.ts'
import { createScratch } from './scratch.ts'

/** Contents that an event brings along, in place of those of a repository. */
export interface BroughtAlong {
  /** By object id. */
  readonly blobs: Readonly<Record<string, string>>
  /** By path. */
  readonly files: Readonly<Record<string, string>>
}

interface TrialPlace {
  readonly instance: Instance
  readonly parts: { readonly broker: Broker }
  readonly repository: string | undefined
  readonly root: string | undefined
  readonly time: number
}

/** Returns what answers a plugin on trial: what the event brings along, then what the trial allows. */
export function answersFor(
  { blobs, files }: BroughtAlong,
  { instance, parts, repository, root, time }: TrialPlace,
): Pick<PluginRun, 'host' | 'transcript'> {
  const { folder } = instance
  const live = brokered(parts.broker, instance, { repository, root, time }, createScratch(), () => {})
  const mayRead = (name: string) => folder.manifest.permissions.some((permission) => permission.name === name)
  return {
    transcript: live.transcript,
    async host(name, args, signal) {
      const [first]: unknown[] = listOf(args)
      const key = typeof first === 'string' ? first : ''
      const brought =
        name === 'git.readBlob' && mayRead('git:read')
          ? blobs
          : name === 'files.read' && mayRead('file:read')
            ? files
            : {}
      const text = Object.hasOwn(brought, key) ? brought[key] : undefined
      if (text === undefined) return live.host(name, args, signal)
      return JSON.stringify({ text, isBinary: text.includes('\0'), truncated: false })
    },
  }
}

function listOf(text: string): unknown[] {
  const value: unknown = JSON.parse(text)
  return Array.isArray(value) ? value : []
}
