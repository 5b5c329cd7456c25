import { lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { digestOf, hasDigest, newSecret } from './secret.ts'

/** The token of the user who runs the daemon, in a file that only they can read. */
export interface Token {
  /** Says whether this is the token, in a time that tells nothing about it. */
  matches(text: string): boolean
  /** Puts a new one in its place; the old one is worth nothing from then on. */
  rotate(): void
}

/** Opens the token file. It is made once; one that others could have read or written is replaced. */
export function openToken(file: string): Token {
  let digest = digestOf(readPrivate(file) ?? write(file))
  return {
    matches: (text) => hasDigest(text, digest),
    rotate() {
      digest = digestOf(write(file))
    },
  }
}

const form = /^[A-Za-z0-9_-]{43}\n?$/

function readPrivate(file: string): string | undefined {
  const status = lstatSync(file, { throwIfNoEntry: false })
  if (status?.isFile() !== true || (status.mode & 0o077) !== 0) return undefined
  if (process.getuid !== undefined && status.uid !== process.getuid()) return undefined
  const text = readFileSync(file, 'utf8')
  return form.test(text) ? text.trim() : undefined
}

/** Writes a new token: whole or not at all, never through a link, and never readable by others. */
function write(file: string): string {
  const token = newSecret()
  const draft = `${file}.${process.pid}`
  rmSync(draft, { force: true })
  writeFileSync(draft, `${token}\n`, { mode: 0o600, flag: 'wx', flush: true })
  renameSync(draft, file)
  return token
}
