import type { Capabilities } from '../contract/capabilities.ts'
import { hookedCommands, hooks, type HookDescription } from '../contract/hooks.ts'
import type { Route } from '../contract/route.ts'
import { routes } from '../contract/routes.ts'
import type { Service } from '../contract/service.ts'
import type { HookFilter } from './bus/hook-filter.ts'
import type { RegisteredListener } from './bus/hooks.ts'

/** Says what this daemon can be asked, what can be listened to, and who listens. */
export function capabilitiesOf(
  { version, protocol }: Pick<Service, 'version' | 'protocol'>,
  listeners: readonly RegisteredListener[],
): Capabilities {
  return {
    version,
    protocol,
    routes: Object.entries<Route>(routes).map(([name, { method, path, summary, role, cost, shape }]) => ({
      name,
      method,
      path,
      summary,
      role,
      cost,
      shape,
    })),
    hooks: Object.entries<HookDescription>(hooks).map(([name, { kind, gate, summary, amends }]) => ({
      name,
      kind,
      gate,
      summary,
      ...(amends === undefined ? {} : { amends: [...amends] }),
    })),
    commands: [...hookedCommands],
    listeners: listeners.map(listenerOf),
  }
}

type Listening = Capabilities['listeners'][number]

function listenerOf(registered: RegisteredListener): Listening {
  const { hook, id, priority = 0, once = false, mode = 'enforce', timeoutMs, filter } = registered
  return {
    hook,
    id,
    priority,
    once,
    mode,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(filter === undefined ? {} : { filter: filterOf(filter) }),
  }
}

function filterOf({ paths, branches, authors }: HookFilter): Required<Listening>['filter'] {
  return {
    ...(paths === undefined ? {} : { paths: [...paths] }),
    ...(branches === undefined ? {} : { branches: [...branches] }),
    ...(authors === undefined ? {} : { authors: [...authors] }),
  }
}
