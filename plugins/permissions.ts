import { AiosError } from '../contract/errors.ts'
import type { Permission } from '../contract/manifest.ts'

/** How what is asked for differs from what was allowed, each in words. */
export interface PermissionDifference {
  readonly added: string[]
  readonly removed: string[]
  readonly kept: string[]
}

/** Returns what a plugin gets that was not allowed before, what it no longer gets, and what stays. */
export function differenceOf(
  before: readonly Permission[],
  after: readonly Permission[],
): PermissionDifference {
  const had = before.flatMap(wordsOf)
  const has = after.flatMap(wordsOf)
  return {
    added: has.filter((word) => !had.includes(word)),
    removed: had.filter((word) => !has.includes(word)),
    kept: has.filter((word) => had.includes(word)),
  }
}

/** Returns a permission as single things that it allows: `file:read src/**`, `network:fetch GET api.example.com`. */
function wordsOf({ name, paths, hosts, methods }: Permission): string[] {
  if (name === 'file:read') return paths?.map((path) => `${name} ${path}`) ?? [`${name} (no paths yet)`]
  if (name !== 'network:fetch') return [name]
  if (hosts === undefined) return [`${name} (no hosts yet)`]
  return hosts.flatMap((host) => (methods ?? defaultMethods).map((method) => `${name} ${method} ${host}`))
}

/** What `network:fetch` may do when it names no methods. */
export const defaultMethods = ['GET', 'HEAD'] as const

/** Returns the names of permissions that say nothing until they have a scope. */
export function withoutScope(permissions: readonly Permission[]): string[] {
  return permissions
    .filter(
      ({ name, paths, hosts }) =>
        (name === 'file:read' && paths === undefined) || (name === 'network:fetch' && hosts === undefined),
    )
    .map(({ name }) => name)
}

/**
 * Returns what is granted: what was asked for, with the scopes that the approver gave in place of those asked for.
 *
 * Nothing is granted that was not asked for, and nothing without a scope that needs one.
 */
export function granted(
  plugin: string,
  requested: readonly Permission[],
  scopes: readonly Permission[],
): Permission[] {
  const stray = scopes.find(({ name }) => !requested.some((permission) => permission.name === name))
  if (stray !== undefined) throw new AiosError('plugin.invalid', `${plugin} does not ask for ${stray.name}.`)
  const given = requested.map((permission) => {
    const scope = scopes.find(({ name }) => name === permission.name)
    return scope === undefined ? permission : { ...permission, ...scope }
  })
  const [bare] = withoutScope(given)
  if (bare === undefined) return given
  const what = bare === 'file:read' ? 'which files' : 'which hosts'
  throw new AiosError('plugin.scope-needed', `${plugin} asks for ${bare} and does not say ${what}.`)
}
