import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { endianness } from 'node:os'

/** SQLite takes a log that does not begin as one for empty, and says nothing of the rows that were in it. */
export function isLog(file: string): boolean {
  const { start } = startOf(file, 4) ?? {}
  // Its magic number, in either order of bytes; zeros where a machine went down before anything was written.
  return start === undefined || start.length < 4 || [0, 0x377f0682, 0x377f0683].includes(start.readUInt32BE())
}

const logHeaderBytes = 32
const frameHeaderBytes = 24
const indexHeaderBytes = 48

/**
 * Says whether the write-ahead log of a database is shorter than its index says: SQLite takes what is left for all.
 *
 * The index beside it counts the frames that were committed, once they are in the log. Nothing is said of an index that
 * belongs to another log (https://sqlite.org/walformat.html).
 */
export function isCutOff(file: string): boolean {
  const index = startOf(`${file}-shm`, indexHeaderBytes)?.start
  const log = startOf(`${file}-wal`, logHeaderBytes)
  if (index?.length !== indexHeaderBytes || log?.start.length !== logHeaderBytes) return false
  const isOfThisLog = index.subarray(32, 40).equals(log.start.subarray(16, 24))
  // In the order of bytes of this machine, unlike all else.
  const frames = endianness() === 'LE' ? index.readUInt32LE(16) : index.readUInt32BE(16)
  const pageBytes = log.start.readUInt32BE(8)
  return isOfThisLog && logHeaderBytes + frames * (frameHeaderBytes + pageBytes) > log.bytes
}

function startOf(file: string, most: number): { readonly start: Buffer; readonly bytes: number } | undefined {
  let descriptor: number
  try {
    descriptor = openSync(file, 'r')
  } catch {
    return undefined
  }
  try {
    const start = Buffer.alloc(most)
    return { start: start.subarray(0, readSync(descriptor, start)), bytes: fstatSync(descriptor).size }
  } finally {
    closeSync(descriptor)
  }
}
