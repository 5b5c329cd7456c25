const headerBytes = 12
const signature = 0x44495243
/** Of an entry, before the id of its object: times, place, mode, owner and size. */
const statBytes = 40
const extended = 0x4000
/** Names of this length or more are measured by their end. */
const longName = 0xfff

/**
 * Returns the tree that an index stands for, where git has written it into the index: it does so before it asks its
 * hooks about a commit. Undefined where something was staged since, or where the index is not what its format says
 * (git's own `Documentation/gitformat-index`).
 */
export function treeInIndex(index: Buffer, format: 'sha1' | 'sha256'): string | undefined {
  const oidBytes = format === 'sha1' ? 20 : 32
  // What stands last is the sum of all before.
  const end = index.length - oidBytes
  if (end < headerBytes || index.readUInt32BE(0) !== signature) return undefined
  let at = endOfEntries(index, oidBytes, end)
  let tree: string | undefined
  while (at !== undefined && at + 8 <= end) {
    const name = index.toString('latin1', at, at + 4)
    const from = at + 8
    at = from + index.readUInt32BE(at + 4)
    // The rest of such an index lies in another file.
    if (at > end || name === 'link') return undefined
    if (name === 'TREE') tree = rootIn(index.subarray(from, at), oidBytes)
  }
  return at === end ? tree : undefined
}

/** Returns where the entries end and what git adds begins; undefined where they do not end. */
function endOfEntries(index: Buffer, oidBytes: number, end: number): number | undefined {
  const version = index.readUInt32BE(4)
  const count = index.readUInt32BE(8)
  if (version < 2 || version > 4) return undefined
  let at = headerBytes
  for (let number = 0; number < count; number += 1) {
    const flagsAt = at + statBytes + oidBytes
    if (flagsAt + 4 > end) return undefined
    const flags = index.readUInt16BE(flagsAt)
    const nameAt = flagsAt + ((flags & extended) === 0 ? 2 : 4)
    const nameEnd = version === 4 ? endOfShared(index, nameAt) : endOfName(index, nameAt, flags & longName)
    if (nameEnd < nameAt || nameEnd >= end || index[nameEnd] !== 0) return undefined
    // Before version 4 entries are filled up to a multiple of eight bytes, with one zero byte at least.
    at = version === 4 ? nameEnd + 1 : at + ((nameEnd - at + 8) & ~7)
  }
  return at
}

function endOfName(index: Buffer, from: number, length: number): number {
  return length < longName ? from + length : index.indexOf(0, from + length)
}

/** In version 4 a number stands before the name: how much of the name before is not in this one. */
function endOfShared(index: Buffer, from: number): number {
  let at = from
  while (at < index.length && ((index[at] ?? 0) & 0x80) !== 0) at += 1
  return index.indexOf(0, at + 1)
}

/** The tree of the whole stands first: an empty path, how many entries it covers, how many trees are in it, its id. */
function rootIn(trees: Buffer, oidBytes: number): string | undefined {
  const line = trees.indexOf(10)
  if (!/^\0\d+ \d+$/.test(trees.toString('latin1', 0, Math.max(0, line)))) return undefined
  const oid = trees.subarray(line + 1, line + 1 + oidBytes)
  return oid.length === oidBytes ? oid.toString('hex') : undefined
}
