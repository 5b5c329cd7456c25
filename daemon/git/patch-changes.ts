import type { LineChanges, OwnLine } from './line-changes.ts'

/** Returns the name under which the changes from one blob to another are kept. */
export function pairOf({ oid, oldOid }: BlobPair): string {
  return `${oldOid ?? '0'.repeat(oid.length)}..${oid}`
}

/** A blob, and the one that it takes the place of. */
export interface BlobPair {
  readonly oid: string
  readonly oldOid?: string
}

/**
 * Reads a patch without context, and with whole ids, as git prints it.
 *
 * What git took for binary is not in it; of a patch with a zero byte nothing is told, for it may hold such a file.
 */
export function changesInPatch(patch: Buffer): ReadonlyMap<string, LineChanges> {
  const changes = new Map<string, LineChanges>()
  if (patch.includes(0)) return changes
  let pair = ''
  let [gone, fresh] = [new Array<OwnLine>(), new Array<OwnLine>()]
  let [goneLeft, freshLeft, goneAt, freshAt] = [0, 0, 0, 0]
  for (const line of patch.toString('utf8').split('\n')) {
    if (goneLeft > 0 && line.startsWith('-')) {
      gone.push({ text: line.slice(1), line: goneAt++ })
      goneLeft -= 1
    } else if (freshLeft > 0 && line.startsWith('+')) {
      fresh.push({ text: line.slice(1), line: freshAt++ })
      freshLeft -= 1
    } else if (line.startsWith('@@ ')) {
      const [, from = '', lost = '1', to = '', won = '1'] = hunk.exec(line) ?? []
      ;[goneAt, goneLeft] = [Number(from), Number(lost)]
      ;[freshAt, freshLeft] = [Number(to), Number(won)]
      changes.set(pair, { gone, fresh })
    } else if (line.startsWith('index ')) {
      pair = /^index ([0-9a-f]+\.\.[0-9a-f]+)/.exec(line)?.[1] ?? ''
      ;[gone, fresh] = [[], []]
    }
  }
  return changes
}

const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/
