import { fileURLToPath } from 'node:url'

/** How this aios is started from anywhere, whatever the PATH: an absolute node, and an absolute script. */
export interface Program {
  readonly node: string
  readonly script: string
}

/** Returns the program that runs: the source, or the `bin/aios.js` of what was installed. */
export function ownProgram(): Program {
  const script = import.meta.url.endsWith('.ts') ? './main.ts' : '../../bin/aios.js'
  return { node: process.execPath, script: fileURLToPath(new URL(script, import.meta.url)) }
}
