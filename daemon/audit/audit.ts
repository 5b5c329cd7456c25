import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fstatSync,
  fsync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { AuditEntry, AuditHead, AuditRecord, AuditVerdict } from '../../contract/audit.ts'
import { beginning, entryAfter, entryIn, lineOf, mostLineBytes } from './chain.ts'
import { entriesIn, verifyChain } from './verify.ts'

/**
 * Keeps every decision in a chain of hashes that is only ever added to.
 *
 * It has a file of its own, because the journal may be pruned and is copied anew when it is damaged: evidence must
 * not be rewritten by whoever keeps it. An entry is one line of JSON, which can be checked without aios.
 */
export interface Audit {
  /** Keeps a decision; it is on the disk when this returns. What cannot be written is counted, and told of later. */
  record(record: AuditRecord): void
  /** Keeps what somebody waits for and nobody gains by losing: written when this returns, on the disk a second later. */
  recordSoon(record: AuditRecord): void
  /** Returns the end of the chain. */
  head(): AuditHead
  /** Follows the chain from the beginning; with a head from before, also tells whether its end was cut off. */
  verify(known: AuditHead | undefined, signal: AbortSignal): Promise<AuditVerdict>
  /** Yields the entries after a number, oldest first. */
  entries(since: number, signal: AbortSignal): AsyncGenerator<AuditEntry>
  close(): void
}

/** What an audit is opened with. */
export interface AuditParts {
  readonly file: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Told what was wrong with the file, or why something could not be kept. */
  readonly onTrouble: (error: unknown) => void
}

/** Opens the chain. An entry that a crash cut short is taken away, and an entry says so. */
export function openAudit({ file, now, onTrouble }: AuditParts): Audit {
  const descriptor = openAppended(file)
  const { head: found, torn, size: begin } = endOf(descriptor)
  let head = found
  let size = begin
  let missed = 0

  const flushing = createFlushing(descriptor, onTrouble)

  function append(record: AuditRecord, flush: () => void): void {
    const entry = entryAfter(head, record, new Date(now()).toISOString())
    const line = Buffer.from(lineOf(entry))
    try {
      if (writeSync(descriptor, line) < line.length)
        throw new Error('Only a part of an audit entry was written.')
      flush()
    } catch (error) {
      // What was written of it must not stand in the way of the next.
      ftruncateSync(descriptor, size)
      throw error
    }
    size += line.length
    head = { seq: entry.seq, hash: entry.hash }
  }

  function record(one: AuditRecord, flush = flushing.now): void {
    try {
      if (missed > 0)
        append(aboutChain('missed', `${missed} decisions could not be written down before this.`), flush)
      missed = 0
      append(one, flush)
    } catch (error) {
      missed += 1
      onTrouble(error)
    }
  }

  if (torn !== undefined) {
    onTrouble(new Error(`The last audit entry was cut short; ${torn.length} bytes were taken away.`))
    const sum = createHash('sha256').update(torn).digest('hex')
    record(aboutChain('mended', `An entry was cut short: ${torn.length} bytes of SHA-256 ${sum}.`))
  }
  return {
    record: (one) => record(one),
    recordSoon: (one) => record(one, flushing.soon),
    head: () => head,
    verify: (known, signal) => verifyChain(file, known, signal),
    entries: (since, signal) => entriesIn(file, since, signal),
    close() {
      flushing.close()
      closeSync(descriptor)
    },
  }
}

const soonMs = 1_000

/** Brings what was written to the disk: at once, or together with what is written within a second. */
function createFlushing(descriptor: number, onTrouble: (error: unknown) => void) {
  let timer: NodeJS.Timeout | undefined
  let isClosed = false
  const now = () => {
    clearTimeout(timer)
    timer = undefined
    fsyncSync(descriptor)
  }
  const later = () => {
    timer = undefined
    fsync(descriptor, (error) => {
      if (error !== null && !isClosed) onTrouble(error)
    })
  }
  return {
    now,
    soon: () => void (timer ??= setTimeout(later, soonMs).unref()),
    close() {
      isClosed = true
      if (timer === undefined) return
      try {
        now()
      } catch (error) {
        onTrouble(error)
      }
    },
  }
}

function aboutChain(decision: string, detail: string): AuditRecord {
  return { kind: 'audit', actor: 'aios', subject: 'audit', decision, detail }
}

function openAppended(file: string): number {
  const isNew = !existsSync(file)
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const descriptor = openSync(file, 'a+', 0o600)
  if (isNew) flushFolder(dirname(file))
  return descriptor
}

function flushFolder(path: string): void {
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

interface End {
  readonly head: AuditHead
  readonly size: number
  /** What stood behind the last whole line; it is not there any more. */
  readonly torn: Buffer | undefined
}

/** Reads the end of the file, where the chain goes on. */
function endOf(descriptor: number): End {
  const { size } = fstatSync(descriptor)
  const tail = Buffer.alloc(Math.min(size, 2 * mostLineBytes))
  readSync(descriptor, tail, 0, tail.length, size - tail.length)
  const end = tail.lastIndexOf('\n') + 1
  // What is longer than an entry was not cut short by a crash: it stays, to be seen.
  const torn = tail.length - end > mostLineBytes ? Buffer.alloc(0) : tail.subarray(end)
  if (torn.length > 0) {
    ftruncateSync(descriptor, size - torn.length)
    fsyncSync(descriptor)
  }
  const last = tail.subarray(0, Math.max(0, end - 1))
  const line = last.subarray(last.lastIndexOf('\n') + 1)
  return {
    head: end === 0 ? beginning : headAfter(line),
    size: size - torn.length,
    torn: torn.length > 0 ? torn : undefined,
  }
}

/** After a line that is no entry, the chain goes on from what stands there: what was done to it stays to be seen. */
function headAfter(line: Buffer): AuditHead {
  const entry = entryIn(line.toString())
  if (entry !== undefined) return { seq: entry.seq, hash: entry.hash }
  return { seq: 0, hash: createHash('sha256').update(line).digest('hex') }
}
