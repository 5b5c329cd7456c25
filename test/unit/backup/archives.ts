import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { Header } from 'tar'

/** One entry of an archive, as anybody might write it. */
export interface Entry {
  readonly path: string
  readonly text: string
  readonly type?: 'File' | 'SymbolicLink' | 'Link' | 'Directory' | 'FIFO'
  readonly linkpath?: string
}

/** What a list of files says of these entries. */
export function listOf(entries: readonly Entry[]): object[] {
  return entries.map(({ path, text }) => ({ path, bytes: Buffer.byteLength(text), sha256: sumOf(text) }))
}

/** Returns the list of files as the first entry of an archive. */
export function manifestOf(files: readonly object[], format = 1): Entry {
  const manifest = { format, version: '9.9.9', createdAt: '2026-01-02T12:00:00.000Z', full: false, files }
  return { path: 'manifest.json', text: JSON.stringify(manifest) }
}

/** Writes an archive without asking whether it is a good idea. */
export function writeArchive(path: string, entries: readonly Entry[]): void {
  const blocks = entries.flatMap(({ path: name, text, type = 'File', linkpath }) => {
    const body = Buffer.from(text)
    const block = Buffer.alloc(512)
    const header = new Header({
      path: name,
      mode: 0o644,
      size: body.length,
      type,
      mtime: new Date(0),
      ...(linkpath === undefined ? {} : { linkpath }),
    })
    header.encode(block, 0)
    return [block, body, Buffer.alloc((512 - (body.length % 512)) % 512)]
  })
  writeFileSync(path, gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)])))
}

function sumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
