import { readFileSync } from 'node:fs'

/** Returns the version in package.json, which lies one folder up from the source and two from what was built. */
export function version(): string {
  const up = import.meta.url.endsWith('.ts') ? '../package.json' : '../../package.json'
  const content: unknown = JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8'))
  return typeof content === 'object' && content !== null && 'version' in content
    ? String(content.version)
    : ''
}
