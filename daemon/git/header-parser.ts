import { isAscii } from 'node:buffer'
import type { CommitHeader, Signature } from '../../contract/commit.ts'
import { limits } from '../../contract/limits.ts'

/** What a commit says of itself; the paths it touched come from elsewhere. */
export type CommitText = Omit<CommitHeader, 'changes'>

const signature = (who: 'a' | 'c') => `%${who}n%x00%${who}e%x00%${who}t%x00%${who}d`

/** The format that makes git print what `parseHeader` reads; with `-z`, git ends it with one more NUL. */
export const headerFormat = `%x01%H%x00%T%x00%P%x00${signature('a')}%x00${signature('c')}%x00%B`

/** The fields of a header in that format. */
export const headerFields = 12

/** Returns the commit that the NUL-separated fields of `headerFormat` tell of. */
export function parseHeader(fields: readonly Buffer[]): CommitText {
  const [oid, tree, parents] = fields.slice(0, 3).map(text)
  return {
    oid: oid ?? '',
    tree: tree ?? '',
    parents: parents === undefined || parents === '' ? [] : parents.split(' '),
    author: parseSignature(fields.slice(3, 7)),
    committer: parseSignature(fields.slice(7, 11)),
    message: messageText(fields[11] ?? Buffer.alloc(0)),
  }
}

/** Returns a message as text, cut at the limit between two characters. */
export function messageText(bytes: Buffer): string {
  let end = Math.min(bytes.length, limits.messageBytes)
  while (end < bytes.length && end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return text(bytes.subarray(0, end))
}

/** Returns minutes east of UTC of a zone as git writes it: `+0530` is 330. */
export function parseZone(zone: string): number {
  const number = Number.parseInt(zone, 10)
  if (Number.isNaN(number)) return 0
  return Math.trunc(number / 100) * 60 + (number % 100)
}

function parseSignature([name, email, time, date]: readonly Buffer[]): Signature {
  const zone = date === undefined ? '' : text(date).split(' ')[1]
  return {
    name: name === undefined ? '' : text(name),
    email: email === undefined ? '' : text(email),
    time: time === undefined ? 0 : Number(text(time)),
    zone: parseZone(zone ?? ''),
  }
}

function text(bytes: Buffer): string {
  return isAscii(bytes) ? bytes.toString('latin1') : bytes.toString('utf8')
}
