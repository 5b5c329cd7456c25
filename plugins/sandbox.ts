import { AiosError } from '../contract/errors.ts'
import { createSandboxGroup, type SandboxGroup } from './sandbox-group.ts'

/** Runs plugins where they harm nobody: a process for each trust group, an isolate for each plugin. */
export interface Sandbox {
  /** Loads the plugin's source, in place of what was loaded under its name; throws when it cannot be loaded. */
  load(plugin: SandboxedPlugin, signal: AbortSignal): Promise<void>
  /** Forgets the plugin, once what it is doing has ended. */
  unload(id: string): Promise<void>
  /**
   * Runs a handler and returns what became of it.
   *
   * A call that another plugin of the group took down with it is run again, so it must be safe to repeat. A
   * failed call is a result; an error is thrown only when there is no sandbox, or when the signal ends the wait.
   */
  call(request: SandboxCall, signal: AbortSignal): Promise<SandboxResult>
  /** Returns the processes that run now. */
  processes(): readonly number[]
  close(): Promise<void>
}

/** A plugin as text. */
export interface SandboxedPlugin {
  readonly id: string
  /** Plugins of a group share a process: one of them may make the others wait. */
  readonly group: string
  /** Source by path, relative to the plugin's folder and with `/` between its parts. */
  readonly files: Readonly<Record<string, string>>
  /** The file of each hook's handler. */
  readonly entries: Readonly<Record<string, string>>
  readonly memoryMb: number
  /** JSON. */
  readonly config: string
}

/** One call of a handler. */
export interface SandboxCall {
  readonly plugin: string
  /** The handler's file. */
  readonly handler: string
  /** The hook that is told to the handler; by default the first that the file handles. */
  readonly hook?: string
  /** JSON. */
  readonly event: string
  /** What the handler's clock shows, in milliseconds. */
  readonly time: number
  /** What the handler's random numbers begin with. */
  readonly seed: number
  readonly deadlineMs: number
  /** Answers a host call; the signal is aborted as soon as nobody waits for the answer. */
  readonly host: (name: string, args: string, signal: AbortSignal) => Promise<string>
}

/** What became of a call. */
export type SandboxResult =
  /** `result` is JSON, and empty for `undefined`. */
  | { readonly status: 'ok'; readonly result: string; readonly cpuMs: number; readonly wallMs: number }
  | SandboxFailure

/** A call without a result. */
export interface SandboxFailure {
  readonly status: 'timeout' | 'memory' | 'crashed' | 'threw' | 'invalid' | 'too-large'
  /** One line without control characters. */
  readonly message: string
  readonly cpuMs: number
  readonly wallMs: number
  /** False when another plugin of the group had the processor, or took the process down. */
  readonly isBlamed: boolean
}

/** What may be decided about a sandbox. */
export interface SandboxParts {
  /** The file that the processes run. */
  readonly entry: URL
  /** How long a plugin may take to load. */
  readonly loadMs?: number
  /** How long a call may go on after its deadline before its process is killed. */
  readonly graceMs?: number
  /** What a process may take besides what its plugins may. */
  readonly processBytes?: number
  /** Told when a process was lost or killed. */
  readonly onLost?: (group: string, reason: string) => void
}

const mostSourceBytes = 4 * 2 ** 20

/** Creates a sandbox; its processes start when they are needed. */
export function createSandbox(parts: SandboxParts): Sandbox {
  const groups = new Map<string, SandboxGroup>()
  const homes = new Map<string, SandboxGroup>()
  let isClosed = false

  const groupOf = (name: string): SandboxGroup => {
    const group = groups.get(name) ?? createSandboxGroup(name, parts)
    groups.set(name, group)
    return group
  }

  const unload = async (id: string) => {
    const home = homes.get(id)
    homes.delete(id)
    await home?.remove(id)
  }

  return {
    async load(plugin, signal) {
      signal.throwIfAborted()
      if (isClosed) throw closedError()
      refuseLarge(plugin)
      const group = groupOf(plugin.group)
      if (homes.get(plugin.id) !== group) await unload(plugin.id)
      homes.set(plugin.id, group)
      await group.load(plugin, signal)
    },

    unload,

    async call(request, signal) {
      signal.throwIfAborted()
      if (isClosed) throw closedError()
      const home = homes.get(request.plugin)
      if (home === undefined)
        throw new AiosError('plugin.unloadable', `The plugin ${request.plugin} is not loaded.`)
      return home.call(request, signal)
    },

    processes: () => [...groups.values()].flatMap((group) => group.pid() ?? []),

    async close() {
      isClosed = true
      await Promise.all([...groups.values()].map((group) => group.close()))
    },
  }
}

function refuseLarge({ id, files }: SandboxedPlugin): void {
  const bytes = Object.values(files).reduce((sum, source) => sum + Buffer.byteLength(source), 0)
  if (bytes <= mostSourceBytes) return
  const limit = `${mostSourceBytes / 2 ** 20} MiB is the limit`
  throw new AiosError('plugin.unloadable', `The plugin ${id} has ${bytes} bytes of source; ${limit}.`)
}

function closedError(): AiosError {
  return new AiosError('plugin.sandbox-unavailable', 'The sandbox is closed.')
}
