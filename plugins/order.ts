import { AiosError } from '../contract/errors.ts'
import type { PluginManifest } from './manifest.ts'
import { isInRange } from './version.ts'

/** Plugins in the order in which they are loaded, and why others are not. */
export interface LoadOrder {
  readonly ordered: readonly PluginManifest[]
  /** By id. */
  readonly refused: ReadonlyMap<string, AiosError>
}

/** Returns each plugin behind those it needs; what needs something that is refused is refused as well. */
export function orderPlugins(manifests: readonly PluginManifest[], aios: string): LoadOrder {
  const byId = new Map(manifests.map((manifest) => [manifest.id, manifest]))
  const refused = new Map<string, AiosError>()
  const ordered: PluginManifest[] = []
  const done = new Set<string>()

  const visit = (manifest: PluginManifest, path: readonly string[]): void => {
    const { id } = manifest
    const start = path.indexOf(id)
    if (start >= 0) return refuseCircle(path.slice(start), refused)
    if (done.has(id)) return
    for (const needed of Object.keys(manifest.dependencies)) {
      const other = byId.get(needed)
      if (other !== undefined) visit(other, [...path, id])
    }
    if (done.has(id)) return
    done.add(id)
    const problem = refused.get(id) ?? problemOf(manifest, byId, refused, aios)
    if (problem === undefined) ordered.push(manifest)
    else refused.set(id, problem)
  }

  for (const manifest of manifests) visit(manifest, [])
  return { ordered, refused }
}

function refuseCircle(circle: readonly string[], refused: Map<string, AiosError>): void {
  const names = [...circle, circle[0]].join(' → ')
  for (const id of circle)
    refused.set(id, new AiosError('plugin.dependency', `These plugins need each other: ${names}.`))
}

function problemOf(
  { id, dependencies, engine }: PluginManifest,
  byId: ReadonlyMap<string, PluginManifest>,
  refused: ReadonlyMap<string, AiosError>,
  aios: string,
): AiosError | undefined {
  if (!isInRange(aios, engine))
    return new AiosError('plugin.dependency', `${id} needs aios ${engine}; this is ${aios}.`)
  for (const [needed, range] of Object.entries(dependencies)) {
    const other = byId.get(needed)
    const what =
      other === undefined
        ? 'which is not there'
        : !isInRange(other.version, range)
          ? `and ${other.version} is there`
          : refused.has(needed)
            ? 'which does not work itself'
            : undefined
    if (what !== undefined)
      return new AiosError('plugin.dependency', `${id} needs ${needed} ${range}, ${what}.`)
  }
  return undefined
}
