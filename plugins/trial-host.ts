import type { PluginNote } from '../contract/plugin.ts'
import type { TrialMemory } from '../contract/trial-event.ts'
import { createBroker } from './broker.ts'
import type { Instance } from './instance.ts'
import type { PluginPort } from './port.ts'
import { brokered, type PluginRun } from './run.ts'
import { createScratch } from './scratch.ts'

/** What an event brings along, in place of a repository's. */
export interface BroughtAlong {
  /** By object id. */
  readonly blobs: Readonly<Record<string, string>>
  /** By path. */
  readonly files: Readonly<Record<string, string>>
  readonly memory: TrialMemory
}

/** What an event that brings nothing along brings. */
export const nothingAlong: BroughtAlong = { blobs: {}, files: {}, memory: {} }

interface TrialPlace {
  readonly instance: Instance
  readonly parts: { readonly port: PluginPort; readonly now: () => number }
  readonly repository: string | undefined
  readonly root: string | undefined
  readonly time: number
}

/** What answers a plugin on trial, and what it kept meanwhile. */
export interface TrialAnswers extends Pick<PluginRun, 'host' | 'transcript'> {
  /** What it wrote to memory, oldest first; nobody else will see it. */
  notes(): PluginNote[]
}

/** Stands for the repository of an event that is about none. */
const nowhere = 'example'

/** Returns what answers a plugin on trial: what the event brings along, then what the trial allows. */
export function answersFor(
  brought: BroughtAlong,
  { instance, parts, repository = nowhere, root, time }: TrialPlace,
): TrialAnswers {
  const { folder } = instance
  const scratch = createScratch()
  // Of each event its own: how often a plugin may ask in a minute says nothing about five hundred commits.
  const broker = createBroker(portWith(brought, parts.port), parts.now)
  const live = brokered(broker, instance, { repository, root, time }, scratch, () => {})
  const mayRead = folder.manifest.permissions.some(({ name }) => name === 'file:read')
  return {
    transcript: live.transcript,
    notes: () => scratch.notes(folder.manifest.id, repository, Infinity).toReversed(),
    async host(name, args, signal) {
      const [path]: unknown[] = listOf(args)
      const isBrought = name === 'files.read' && mayRead && typeof path === 'string'
      const text = isBrought && Object.hasOwn(brought.files, path) ? brought.files[path] : undefined
      if (text === undefined) return live.host(name, args, signal)
      return JSON.stringify({ text, isBinary: text.includes('\0'), truncated: false })
    },
  }
}

function portWith({ blobs, memory }: BroughtAlong, port: PluginPort): PluginPort {
  const contentOf = (oid: string) => {
    const text = Object.hasOwn(blobs, oid) ? blobs[oid] : undefined
    return text === undefined ? undefined : Buffer.from(text)
  }
  const answers = new Map<string, unknown>(Object.entries(memory))
  const { undone } = memory
  return {
    ...port,
    async readBlob(repository, oid, maxBytes, signal) {
      const content = contentOf(oid)
      if (content === undefined) return port.readBlob(repository, oid, maxBytes, signal)
      return { content: content.subarray(0, maxBytes), truncated: content.length > maxBytes }
    },
    async readBlobs(repository, oids, maxBytes, signal) {
      const absent = oids.filter((oid) => contentOf(oid) === undefined)
      const found = absent.length === 0 ? [] : await port.readBlobs(repository, absent, maxBytes, signal)
      const read = new Map(absent.map((oid, index) => [oid, found[index]]))
      return oids.map((oid) => {
        const content = contentOf(oid) ?? read.get(oid)
        return content === undefined || content.length > maxBytes ? undefined : content
      })
    },
    lostBlobs: (repository, oids, maxBytes, signal) =>
      port.lostBlobs(
        repository,
        oids.filter((oid) => contentOf(oid) === undefined),
        maxBytes,
        signal,
      ),
    undone: undone === undefined ? port.undone : async () => undone,
    query: async (repository, name, input, signal) =>
      answers.has(name) ? answers.get(name) : port.query(repository, name, input, signal),
  }
}

function listOf(text: string): unknown[] {
  const value: unknown = JSON.parse(text)
  return Array.isArray(value) ? value : []
}
