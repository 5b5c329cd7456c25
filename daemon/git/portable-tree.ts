import type { RawChange } from '../../contract/commit.ts'
import { pathText } from './path-text.ts'

/** One name in a tree. */
interface Entry {
  readonly name: Buffer
  readonly mode: string
  readonly oid: string
}

/** Returns the bytes of a tree. */
export type ReadTree = (oid: string) => Promise<Buffer>

const noMode = '000000'
const treeMode = '040000'
const gitlinkMode = '160000'
const noOid = '0'.repeat(40)
const noEntry = { mode: noMode, oid: noOid }

/** Returns the paths that differ between two trees in git's order; undefined stands for the empty tree. */
export async function diffTrees(
  old: string | undefined,
  fresh: string | undefined,
  readTree: ReadTree,
  prefix: Buffer = Buffer.alloc(0),
): Promise<RawChange[]> {
  if (old === fresh) return []
  const [before, after] = await Promise.all([entriesOf(old, readTree), entriesOf(fresh, readTree)])
  const keys = [...new Set([...before.keys(), ...after.keys()])].toSorted(byBytes)
  const changes: RawChange[] = []
  for (const key of keys) {
    const [one, other] = [before.get(key), after.get(key)]
    if (one?.oid === other?.oid && one?.mode === other?.mode) continue
    const path = Buffer.concat([prefix, (one ?? other)?.name ?? Buffer.alloc(0)])
    if (key.endsWith('/')) {
      changes.push(
        ...(await diffTrees(one?.oid, other?.oid, readTree, Buffer.concat([path, Buffer.from('/')]))),
      )
    } else changes.push(changeOf(pathText(path), one ?? noEntry, other ?? noEntry))
  }
  return changes
}

/**
 * Joins a deleted and an added path of the same content to a rename.
 *
 * Git also finds renames whose content changed; that takes comparing all of it, which is left to git.
 */
export function withExactRenames(changes: readonly RawChange[]): RawChange[] {
  const sources = new Map<string, RawChange[]>()
  for (const change of changes) {
    if (change.status !== 'deleted' || change.oldMode === gitlinkMode) continue
    sources.set(change.oldOid, [...(sources.get(change.oldOid) ?? []), change])
  }
  const used = new Set<RawChange>()
  const renamed = changes.map((change) => {
    const candidates = change.status === 'added' ? (sources.get(change.newOid) ?? []) : []
    const free = candidates.filter((one) => !used.has(one) && kindOf(one.oldMode) === kindOf(change.newMode))
    const source = free.find((one) => nameOf(one.path) === nameOf(change.path)) ?? free[0]
    if (source === undefined) return change
    used.add(source)
    return {
      ...change,
      oldPath: source.path,
      status: 'renamed' as const,
      oldMode: source.oldMode,
      oldOid: source.oldOid,
    }
  })
  return renamed.filter((change) => !used.has(change))
}

/** Says which kind of thing a mode stands for: two kinds at one path are a change of type. */
export function kindOf(mode: string): string {
  return mode.slice(0, 3)
}

function changeOf(
  path: string,
  old: Pick<Entry, 'mode' | 'oid'>,
  fresh: Pick<Entry, 'mode' | 'oid'>,
): RawChange {
  const sides = { oldMode: old.mode, newMode: fresh.mode, oldOid: old.oid, newOid: fresh.oid }
  if (old.mode === noMode) return { path, status: 'added', ...sides }
  if (fresh.mode === noMode) return { path, status: 'deleted', ...sides }
  return { path, status: kindOf(old.mode) === kindOf(fresh.mode) ? 'modified' : 'type-changed', ...sides }
}

/** Returns a tree's entries by name; a folder's key ends with a slash, by which git sorts it. */
async function entriesOf(oid: string | undefined, readTree: ReadTree): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>()
  if (oid === undefined) return entries
  const bytes = await readTree(oid)
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(32, at)
    const end = bytes.indexOf(0, space)
    const mode = bytes.toString('latin1', at, space).padStart(6, '0')
    const name = bytes.subarray(space + 1, end)
    const key = name.toString('latin1') + (mode === treeMode ? '/' : '')
    entries.set(key, { name, mode, oid: bytes.toString('hex', end + 1, end + 21) })
    at = end + 21
  }
  return entries
}

function byBytes(a: string, b: string): number {
  return a < b ? -1 : 1
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
