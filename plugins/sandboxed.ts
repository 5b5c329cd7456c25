import type { Instance } from './instance.ts'
import type { SandboxedPlugin } from './sandbox.ts'

/** Returns an instance as the sandbox takes it: the bytes that were hashed, and no others. */
export function sandboxed({ key, group, folder, config }: Instance): SandboxedPlugin {
  const { manifest, sources } = folder
  const entries = Object.fromEntries(manifest.handlers.map(({ hook, file }) => [hook, file]))
  return { id: key, group, files: sources, entries, memoryMb: manifest.memoryMb, config }
}
