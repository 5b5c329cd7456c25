import { AiosError } from '../contract/errors.ts'
import type { HookBus } from '../daemon/bus/hooks.ts'
import { createBreaker } from './breaker.ts'
import { isSameInstance, type Instance } from './instance.ts'
import { listenerFor, type ListenerParts, type ListenerState } from './listener.ts'
import type { RosterEntry } from './roster.ts'
import { sandboxed } from './sandboxed.ts'

/** The instances that listen now. */
export interface Crew {
  /** Lets those listen that should, and none that should not; what stays the same is not touched. */
  muster(roster: readonly RosterEntry[]): Promise<void>
  /** Loads an instance now; fails with what is wrong with it. */
  load(key: string): Promise<void>
  /** Returns why an instance is not asked; undefined when it is. */
  trouble(key: string): string | undefined
  close(): Promise<void>
}

interface Member {
  readonly instance: Instance
  readonly state: ListenerState
  /** The repositories in which another decision holds for this plugin. */
  elsewhere: ReadonlySet<string>
  problem: AiosError | undefined
  leave(): Promise<void>
}

/** Creates a crew of nobody. */
export function createCrew(bus: Pick<HookBus, 'register'>, parts: ListenerParts): Crew {
  const closing = new AbortController()
  let members = new Map<string, Member>()

  function join(instance: Instance, elsewhere: ReadonlySet<string>): Member {
    const breaker = createBreaker(parts.now)
    let loading: Promise<void> | undefined
    const used = { hour: 0, cpuMs: 0 }
    const state: ListenerState = {
      instance,
      breaker,
      used,
      lastFailure: undefined,
      concerns: (repository) => concerns(member, repository),
      ready() {
        if (member.problem !== undefined) return Promise.reject(member.problem)
        // Whoever asks first may give up; the others still want it loaded.
        loading ??= parts.sandbox.load(sandboxed(instance), closing.signal).catch((error: unknown) => {
          loading = undefined
          if (error instanceof AiosError && error.code === 'plugin.unloadable') member.problem = error
          throw error
        })
        return loading
      },
    }
    const handlers = instance.folder.manifest.handlers
    const leaves = handlers.map((handler) => bus.register(handler.hook, listenerFor(handler, state, parts)))
    const member: Member = {
      instance,
      state,
      elsewhere,
      problem: undefined,
      async leave() {
        for (const leave of leaves) leave()
        await parts.sandbox.unload(instance.key)
      },
    }
    return member
  }

  return {
    async muster(roster) {
      const fresh = new Map<string, Member>()
      const wanted = roster.flatMap((entry) => entry.instances.map((instance) => ({ entry, instance })))
      const staying = new Set<Member>()
      for (const { instance } of wanted) {
        const member = members.get(instance.key)
        if (member !== undefined && isSameInstance(member.instance, instance)) staying.add(member)
      }
      const leaving = [...members.values()].filter((member) => !staying.has(member))
      await Promise.all(leaving.map((member) => member.leave()))
      for (const { entry, instance } of wanted) {
        const elsewhere = new Set(
          entry.standings.map(({ scope }) => scope).filter((scope) => scope !== instance.scope),
        )
        const old = members.get(instance.key)
        const member = old !== undefined && staying.has(old) ? old : join(instance, elsewhere)
        member.elsewhere = elsewhere
        fresh.set(instance.key, member)
      }
      members = fresh
    },

    async load(key) {
      await members.get(key)?.state.ready()
    },

    trouble(key) {
      const member = members.get(key)
      if (member?.problem !== undefined) return member.problem.message
      if (member === undefined || member.state.breaker.state() === 'closed') return undefined
      return `It failed too often and rests until ${new Date(member.state.breaker.openUntil()).toISOString()}.`
    },

    async close() {
      closing.abort()
      await Promise.all([...members.values()].map((member) => member.leave()))
      members = new Map()
    },
  }
}

function concerns({ instance, elsewhere }: Member, repository: string | undefined): boolean {
  if (instance.scope !== '') return instance.scope === repository
  return repository === undefined || !elsewhere.has(repository)
}
