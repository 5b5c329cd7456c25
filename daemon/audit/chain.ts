import { createHash } from 'node:crypto'
import { AuditEntry, type AuditHead, type AuditRecord } from '../../contract/audit.ts'
import { isValid } from '../../contract/validate.ts'

/** What the first entry follows. */
export const beginning: AuditHead = { seq: 0, hash: '0'.repeat(64) }

/** Longest line; longer ones were not written by aios. */
export const mostLineBytes = 64 * 1024

const mostCharacters = { kind: 64, actor: 200, subject: 1000, decision: 64, detail: 2000 }

/** Returns the entry that follows the head. Texts are cut to what an entry may hold. */
export function entryAfter(head: AuditHead, record: AuditRecord, time: string): AuditEntry {
  const { kind, actor, subject, decision, detail } = record
  const body = {
    seq: head.seq + 1,
    time,
    kind: kind.slice(0, mostCharacters.kind),
    actor: actor.slice(0, mostCharacters.actor),
    subject: subject.slice(0, mostCharacters.subject),
    decision: decision.slice(0, mostCharacters.decision),
    ...(detail === undefined ? {} : { detail: detail.slice(0, mostCharacters.detail) }),
    previous: head.hash,
  }
  return { ...body, hash: hashOf(body) }
}

/** Returns the entry of a line; undefined when the line is none. */
export function entryIn(line: string): AuditEntry | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isValid(AuditEntry, value) && lineOf(value) === `${line}\n` ? value : undefined
  } catch {
    return undefined
  }
}

/** Returns the line that an entry is kept as. One entry has one line only, so that no byte of it can change unseen. */
export function lineOf({ hash, ...body }: AuditEntry): string {
  return `${JSON.stringify({ ...inOrder(body), hash })}\n`
}

/** Returns the hash that the entry should have. */
function hashOf(body: Omit<AuditEntry, 'hash'>): string {
  return createHash('sha256')
    .update(JSON.stringify(inOrder(body)))
    .digest('hex')
}

/** Returns why the entry cannot follow the head; undefined when it does. */
export function breachOf(entry: AuditEntry, head: AuditHead): string | undefined {
  if (entry.hash !== hashOf(withoutHash(entry))) return 'it was changed after it was written'
  if (entry.seq !== head.seq + 1)
    return `it has number ${entry.seq} where ${head.seq + 1} follows: entries were removed, added or moved`
  if (entry.previous !== head.hash) return 'it does not follow the entry before it'
  return undefined
}

function withoutHash({ hash: _hash, ...body }: AuditEntry): Omit<AuditEntry, 'hash'> {
  return body
}

function inOrder({ seq, time, kind, actor, subject, decision, detail, previous }: Omit<AuditEntry, 'hash'>) {
  return { seq, time, kind, actor, subject, decision, ...(detail === undefined ? {} : { detail }), previous }
}
