import type { Signature } from '../../contract/commit.ts'
import { type CommitText, messageText, parseZone } from './header-parser.ts'

/** Returns the commit that the bytes of a commit object describe. */
export function parseCommitObject(oid: string, bytes: Buffer): CommitText {
  const headerEnd = bytes.indexOf('\n\n')
  const header = headerEnd < 0 ? bytes : bytes.subarray(0, headerEnd)
  const message = headerEnd < 0 ? Buffer.alloc(0) : bytes.subarray(headerEnd + 2)
  const lines = header.toString('latin1').split('\n')
  const encoding = valuesOf(lines, 'encoding')[0] ?? 'utf-8'
  const decode = (latin1: string) => decodeText(Buffer.from(latin1, 'latin1'), encoding)
  return {
    oid,
    tree: valuesOf(lines, 'tree')[0] ?? '',
    parents: valuesOf(lines, 'parent'),
    author: parseSignature(valuesOf(lines, 'author')[0] ?? '', decode),
    committer: parseSignature(valuesOf(lines, 'committer')[0] ?? '', decode),
    message: messageText(Buffer.from(decodeText(firstText(message), encoding))),
  }
}

/** Returns what git shows of a message: it ends at the first NUL. */
function firstText(message: Buffer): Buffer {
  const end = message.indexOf(0)
  return end < 0 ? message : message.subarray(0, end)
}

function valuesOf(lines: readonly string[], name: string): string[] {
  return lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1))
}

function parseSignature(line: string, decode: (latin1: string) => string): Signature {
  const close = line.lastIndexOf('>')
  const open = line.indexOf('<')
  const [time = '0', zone = ''] = line
    .slice(close + 1)
    .trim()
    .split(' ')
  return {
    name: decode(line.slice(0, Math.max(0, open)).trim()),
    email: decode(line.slice(open + 1, close)),
    time: /^[+-]?\d+$/.test(time) ? Number(time) : 0,
    zone: parseZone(zone),
  }
}

function decodeText(bytes: Buffer, encoding: string): string {
  if (/^(utf-?8|ascii|us-ascii)$/i.test(encoding)) return bytes.toString('utf8')
  try {
    return new TextDecoder(encoding).decode(bytes)
  } catch {
    return bytes.toString('utf8')
  }
}
