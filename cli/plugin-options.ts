import { AiosError } from '../contract/errors.ts'
import type { Permission } from '../contract/manifest.ts'

/** Returns the scopes that were given for permissions. */
export function scopesFrom(paths: readonly string[], hosts: readonly string[]): Permission[] {
  const files: Permission[] = paths.length === 0 ? [] : [{ name: 'file:read', paths: [...paths] }]
  const network: Permission[] = hosts.length === 0 ? [] : [{ name: 'network:fetch', hosts: [...hosts] }]
  return [...files, ...network]
}

type Plain = string | number | boolean
/** The value of a plugin’s setting. */
type Setting = Plain | Plain[]

/** Returns settings from `name=value`; a value that is JSON is that, any other is text. */
export function configFrom(pairs: readonly string[]): Record<string, Setting> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', ...rest] = pair.split('=')
      if (name === '' || rest.length === 0)
        throw new AiosError('command.usage', `--set takes name=value; got ${pair}.`)
      return [name, valueOf(rest.join('='))]
    }),
  )
}

/** Returns the same, and apart from it what `name+=value` adds to lists. */
export function changesFrom(pairs: readonly string[]): {
  config?: Record<string, Setting>
  more?: Record<string, Plain[]>
} {
  const isAdding = (pair: string) => /^[^=]+\+=/.test(pair)
  const set = pairs.filter((pair) => !isAdding(pair))
  const more = new Map<string, Plain[]>()
  for (const pair of pairs.filter(isAdding)) {
    const [name = ''] = pair.split('+=', 1)
    const value = valueOf(pair.slice(name.length + 2))
    more.set(name, [...(more.get(name) ?? []), ...(Array.isArray(value) ? value : [value])])
  }
  return {
    ...(set.length === 0 ? {} : { config: configFrom(set) }),
    ...(more.size === 0 ? {} : { more: Object.fromEntries(more) }),
  }
}

function valueOf(text: string): Setting {
  const value = parse(text)
  if (isPlain(value)) return value
  return Array.isArray(value) && value.every(isPlain) ? value : text
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
