import { AiosError } from '../contract/errors.ts'
import type { HookBus } from '../daemon/bus/hooks.ts'
import { createBreaker } from './breaker.ts'
import type { Instance } from './instance.ts'
import { listenerFor, type ListenerParts, type ListenerState } from './listener.ts'
import { sandboxed } from './sandboxed.ts'

/** Why an instance is not asked. */
export interface Trouble {
  readonly state: 'broken' | 'paused'
  readonly message: string
}

/** One instance that listens. */
export interface Member {
  readonly instance: Instance
  /** The repositories in which another decision holds for its plugin. */
  elsewhere: ReadonlySet<string>
  /** Listens on the bus; does nothing when it listens already. */
  listen(bus: Pick<HookBus, 'register'>): void
  unlisten(): void
  /** Loads it when it is not loaded yet. */
  ready(): Promise<void>
  trouble(): Trouble | undefined
  /** Stops listening, and is forgotten by the sandbox. */
  leave(): Promise<void>
}

/** Creates a member that does not listen yet. Until the signal is aborted it is loaded when first asked. */
export function createMember(instance: Instance, parts: ListenerParts, closing: AbortSignal): Member {
  const breaker = createBreaker(parts.now)
  let problem: AiosError | undefined
  let loading: Promise<void> | undefined
  let unregister: (() => void)[] = []

  function ready(): Promise<void> {
    if (problem !== undefined) return Promise.reject(problem)
    // Whoever asks first may give up; the others still want it loaded.
    loading ??= parts.sandbox.load(sandboxed(instance), closing).catch((error: unknown) => {
      loading = undefined
      if (error instanceof AiosError && error.code === 'plugin.unloadable') problem = error
      throw error
    })
    return loading
  }

  const unlisten = () => {
    for (const leave of unregister.splice(0)) leave()
  }
  const member: Member = {
    instance,
    elsewhere: new Set(),
    ready,
    unlisten,
    listen(bus) {
      if (unregister.length > 0) return
      const { handlers } = instance.folder.manifest
      unregister = handlers.map((handler) => bus.register(handler.hook, listenerFor(handler, state, parts)))
    },
    trouble() {
      if (problem !== undefined) return { state: 'broken', message: problem.message }
      if (breaker.state() === 'closed') return undefined
      if (breaker.state() === 'probe')
        return {
          state: 'paused',
          message: 'It failed too often; it has rested, and is tried when it is asked next.',
        }
      const until = new Date(breaker.openUntil()).toISOString()
      return { state: 'paused', message: `It failed too often and rests until ${until}.` }
    },
    async leave() {
      unlisten()
      await parts.sandbox.unload(instance.key)
    },
  }
  const concerned = (repository: string | undefined) => concerns(member, repository)
  const used = { hour: 0, cpuMs: 0 }
  const state: ListenerState = { instance, breaker, ready, used, lastFailure: undefined, concerns: concerned }
  return member
}

function concerns({ instance, elsewhere }: Member, repository: string | undefined): boolean {
  if (instance.scope !== '') return instance.scope === repository
  return repository === undefined || !elsewhere.has(repository)
}
