import type { HookBus } from '../daemon/bus/hooks.ts'
import { isSameInstance, type Instance } from './instance.ts'
import type { ListenerParts } from './listener.ts'
import { createMember, type Member, type Trouble } from './member.ts'
import type { RosterEntry } from './roster.ts'

/** The instances that listen now. */
export interface Crew {
  /** Lets those listen that should, and none that should not; what stays the same is not touched. */
  muster(roster: readonly RosterEntry[]): Promise<void>
  /** Loads an instance now; fails with what is wrong with it. */
  load(key: string): Promise<void>
  /** Returns why an instance is not asked; undefined when it is. */
  trouble(key: string): Trouble | undefined
  close(): Promise<void>
}

/** Creates a crew of nobody. */
export function createCrew(bus: Pick<HookBus, 'register'>, parts: ListenerParts): Crew {
  const closing = new AbortController()
  let members: ReadonlyMap<string, Member> = new Map()

  return {
    async muster(roster) {
      const wanted = roster.flatMap((entry) => entry.instances.map((instance) => ({ entry, instance })))
      const staying = wanted.flatMap(({ instance }) => stayingAs(instance, members) ?? [])
      const leaving = [...members.values()].filter((member) => !staying.includes(member))
      await Promise.all(leaving.map((member) => member.leave()))
      const fresh = wanted.map(({ entry, instance }) => {
        const member = stayingAs(instance, members) ?? createMember(instance, parts, closing.signal)
        member.elsewhere = scopesBeside(entry, instance)
        return member
      })
      // Equals are asked in the order in which they came, which is the order in which they need each other.
      const isInOrder = fresh.slice(0, staying.length).every((member, index) => member === staying[index])
      if (!isInOrder) for (const member of staying) member.unlisten()
      for (const member of fresh) member.listen(bus)
      members = new Map(fresh.map((member) => [member.instance.key, member]))
    },

    async load(key) {
      await members.get(key)?.ready()
    },

    trouble: (key) => members.get(key)?.trouble(),

    async close() {
      closing.abort()
      await Promise.all([...members.values()].map((member) => member.leave()))
      members = new Map()
    },
  }
}

function stayingAs(instance: Instance, members: ReadonlyMap<string, Member>): Member | undefined {
  const member = members.get(instance.key)
  return member !== undefined && isSameInstance(member.instance, instance) ? member : undefined
}

/** Returns the repositories in which another decision holds for the plugin. */
function scopesBeside({ standings }: RosterEntry, instance: Instance): ReadonlySet<string> {
  return new Set(standings.map(({ scope }) => scope).filter((scope) => scope !== instance.scope))
}
