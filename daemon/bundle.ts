import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { homedir } from 'node:os'
import type { ReplyOf } from '../contract/route.ts'
import type { operateRoutes } from '../contract/operate-routes.ts'
import type { StateFolders } from '../contract/state.ts'
import { lastBytes } from './last-bytes.ts'
import { packFresh } from './backup/write.ts'

/** What a bundle is made of. */
export interface BundleParts {
  readonly folders: StateFolders
  /** Returns each text that goes into the bundle, by the name of its file. */
  readonly texts: () => Promise<Readonly<Record<string, string>>>
  /** Takes secrets out of texts. */
  readonly redact: (texts: readonly string[]) => Promise<{ text: string; count: number }[]>
}

const mostLogBytes = 512 * 1024

/** What each file is, for whoever is sent the bundle, and for whoever looks at it before sending it. */
const contents: Readonly<Record<string, string>> = {
  'versions.json': 'versions of aios, Node, git and the system',
  'config.json': 'every setting in force, and where it comes from',
  'status.json': 'what the daemon holds, what it costs, what is wrong: ids, paths and counts of repositories',
  'doctor.json': 'what `aios doctor` found',
  'metrics.txt': 'the figures of `GET /metrics`',
  'daemon.log': 'the last half megabyte of the log',
}

/**
 * Writes what helps to find a fault into one archive.
 *
 * Nothing of a commit is in it: no message, no line, no name of an author. Secrets are taken out of every file as
 * they are taken out of commits, and the home folder is written as `~`.
 */
export async function writeBundle(
  path: string,
  { folders, texts, redact }: BundleParts,
  signal: AbortSignal,
): Promise<ReplyOf<typeof operateRoutes.bundle>> {
  const log = await lastBytes(folders.logFile, mostLogBytes)
  const named = Object.entries({ 'README.txt': readme(), ...(await texts()), 'daemon.log': log })
  const clean = await redact(named.map(([, text]) => withoutHome(withoutLogins(text))))
  const folder = await mkdtemp(join(folders.state, 'bundle-'))
  try {
    for (const [index, [name]] of named.entries())
      await writeFile(join(folder, name), clean[index]?.text ?? '', { mode: 0o600 })
    const files = named.map(([name]) => name)
    const { bytes } = await packFresh(folder, files, path, signal)
    return { path, bytes, files, redactions: clean.reduce((sum, { count }) => sum + count, 0) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function readme(): string {
  const lines = Object.entries(contents).map(([name, what]) => `${name.padEnd(16)}${what}`)
  const head = 'Written by `aios doctor --bundle`. Nothing in it is sent anywhere; look at it before you do.'
  const foot = 'Secrets that aios knows the form of are replaced by [redacted:…]; your home folder by ~.'
  return [head, '', ...lines, '', foot, ''].join('\n')
}

/** Whoever reads the bundle need not know what the user is called. */
function withoutHome(text: string): string {
  const home = process.env['HOME'] ?? homedir()
  return home.length > 1 ? text.replaceAll(home, '~') : text
}

/** Takes names and passwords out of addresses. */
function withoutLogins(text: string): string {
  return text.replace(/\b([a-z][a-z0-9+.-]{0,31}:\/\/)[^\s/@"']{1,512}@/gi, '$1[redacted]@')
}
