import type { AuditEntry, AuditHead, AuditVerdict } from '../../contract/audit.ts'
import { beginning, breachOf, entryIn } from './chain.ts'
import { linesOf } from './lines.ts'

/**
 * Follows the chain from its first entry, and names the first that is not as it was written.
 *
 * A changed, moved, added or removed entry is seen from the file alone. That entries are missing at its end is
 * seen only by whoever kept a head from before, which `known` is.
 */
export async function verifyChain(
  file: string,
  known: AuditHead | undefined,
  signal: AbortSignal,
): Promise<AuditVerdict> {
  let head = beginning
  let line = 0
  const broken = (reason: string, seq?: number): AuditVerdict => ({
    whole: false,
    entries: head.seq,
    head,
    broken: { line, reason, ...(seq === undefined ? {} : { seq }) },
  })
  for await (const { text, isEnded } of linesOf(file, signal)) {
    line += 1
    if (!isEnded) return broken('it was cut short while it was written')
    const entry = text === undefined ? undefined : entryIn(text)
    if (entry === undefined) return broken('it is no entry')
    const breach = breachOf(entry, head)
    if (breach !== undefined) return broken(breach, entry.seq)
    head = { seq: entry.seq, hash: entry.hash }
    if (known?.seq === head.seq && known.hash !== head.hash)
      return broken('it is not the entry that the head names', entry.seq)
  }
  line += 1
  if (known !== undefined && known.seq > head.seq)
    return broken(`the head names entry ${known.seq}, and the chain ends with ${head.seq}`, head.seq + 1)
  return { whole: true, entries: head.seq, head }
}

/** Yields the entries after a number, as they stand in the file; what is no entry is left out. */
export async function* entriesIn(
  file: string,
  since: number,
  signal: AbortSignal,
): AsyncGenerator<AuditEntry> {
  for await (const { text, isEnded } of linesOf(file, signal)) {
    const entry = isEnded && text !== undefined ? entryIn(text) : undefined
    if (entry !== undefined && entry.seq > since) yield entry
  }
}
