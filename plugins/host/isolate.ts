import { posix } from 'node:path'
import ivm from 'isolated-vm'
import { textLimits } from './limits.ts'
import type { PluginSource } from './messages.ts'
import { shimSource } from './shim.ts'
import { allowedGlobals, hostFunctions } from './surface.ts'

/** One plugin in an isolate of its own. Only text goes in, and only text comes out. */
export interface PluginIsolate {
  /** Gives the shim a text. Settles when the isolate has come to rest; rejects when it did not survive. */
  send(text: string): Promise<void>
  cpuMs(): number
  isGone(): boolean
  close(): void
}

/** What an isolate may cost, and whom it tells. */
export interface IsolateOptions {
  readonly onText: (text: string) => void
  /** Called when V8 has lost the isolate: its thread hangs from then on. */
  readonly onLost: () => void
}

/** Opens an isolate and loads the plugin's handlers; rejects with what is wrong with the plugin. */
export async function openIsolate(plugin: PluginSource, options: IsolateOptions): Promise<PluginIsolate> {
  const isolate = new ivm.Isolate({ memoryLimit: plugin.memoryMb, onCatastrophicError: options.onLost })
  try {
    const context = await isolate.createContext()
    const driver = await createDriver(context, plugin, options.onText)
    await loadHandlers(isolate, context, plugin, driver.register)
    return {
      async send(text) {
        await driver.receive.apply(undefined, [text])
      },
      cpuMs: () => (isolate.isDisposed ? 0 : Number(isolate.cpuTime) / 1e6),
      isGone: () => isolate.isDisposed,
      close: () => close(isolate),
    }
  } catch (error) {
    const reason = isolate.isDisposed
      ? new Error('It took more memory than it may.', { cause: error })
      : error
    close(isolate)
    throw reason
  }
}

/** What the shim leaves behind; nothing of it but texts and truth values is looked at. */
interface Driver {
  readonly register: (file: string, handler: unknown) => boolean
  readonly receive: (text: string) => void
}

async function createDriver(context: ivm.Context, plugin: PluginSource, onText: (text: string) => void) {
  const source = shimSource({ allowedGlobals, hostFunctions, config: plugin.config, ...textLimits })
  // A callback hands on copies; whatever is not text is not from the shim.
  const send = new ivm.Callback(
    (text: unknown) => {
      if (typeof text === 'string') onText(text)
    },
    { ignored: true },
  )
  const driver: ivm.Reference<Driver> = await context.evalClosure(source, [send], {
    result: { reference: true },
  })
  const register: ivm.Reference<Driver['register']> = await driver.get('register', { reference: true })
  const receive: ivm.Reference<Driver['receive']> = await driver.get('receive', { reference: true })
  return { register, receive }
}

async function loadHandlers(
  isolate: ivm.Isolate,
  context: ivm.Context,
  plugin: PluginSource,
  register: ivm.Reference<Driver['register']>,
): Promise<void> {
  const files = new Map(Object.entries(plugin.files))
  const compiled = new Map<string, Promise<ivm.Module>>()
  const names = new Map<ivm.Module, string>()
  const compile = (path: string): Promise<ivm.Module> => {
    const source = files.get(path)
    if (source === undefined) throw new Error(`The plugin has no file ${path}.`)
    const module = compiled.get(path) ?? isolate.compileModule(source, { filename: `${plugin.id}/${path}` })
    compiled.set(path, module)
    return module.then((ready) => {
      names.set(ready, path)
      return ready
    })
  }

  for (const path of new Set(Object.values(plugin.entries))) {
    const module = await compile(path)
    await module.instantiate(context, (specifier, referrer) =>
      compile(pathOf(specifier, names.get(referrer) ?? '')),
    )
    await module.evaluate()
    const handler = await module.namespace.get('default', { reference: true })
    const isFunction = await register.apply(undefined, [path, handler.derefInto()])
    if (isFunction !== true) throw new Error(`The default export of ${path} is not a function.`)
  }
}

/** Returns the file that an import names: one of the plugin's own, by its path from the importing file. */
function pathOf(specifier: string, from: string): string {
  if (!/^\.\.?\//.test(specifier))
    throw new Error(`${from} imports ${specifier}; a plugin imports only its own files.`)
  return posix.join(posix.dirname(from), specifier)
}

function close(isolate: ivm.Isolate): void {
  if (!isolate.isDisposed) isolate.dispose()
}
