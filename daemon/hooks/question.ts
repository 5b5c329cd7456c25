import { realpath, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { HookQuestion } from '../../contract/hook-routes.ts'
import { limits } from '../../contract/limits.ts'
import type { StagedReader } from './staged-memo.ts'
import { openPlainFile, readPlainText } from '../git/plain-file.ts'

/** The git folders that a hook was run for. */
export interface GitFolders {
  readonly gitDir: string
  readonly commonDir: string
}

/** Returns the git folders that a hook means, or that a path lies in; undefined when there are none. */
export async function findGitFolders(directory: string, gitDir?: string): Promise<GitFolders | undefined> {
  const own = gitDir === undefined ? await climb(directory) : resolve(directory, gitDir)
  if (own === undefined) return undefined
  const real = await realpath(own).catch(() => undefined)
  if (real === undefined) return undefined
  const shared = (await textOf(join(real, 'commondir')))?.trim()
  const commonDir = shared === undefined ? real : await realpath(resolve(real, shared)).catch(() => real)
  return { gitDir: real, commonDir }
}

/** Returns what a listener of the hook is given, less the repository that it is about. */
export async function readQuestion(
  question: HookQuestion,
  { gitDir, commonDir }: GitFolders,
  readStaged: StagedReader,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const about = { root: question.directory, ...(await branchOf(gitDir)), ...authorOf(question) }
  if (question.hook === 'pre-push') {
    const [remote = ''] = question.arguments ?? []
    return { root: question.directory, remote, updates: updatesIn(question.input ?? '') }
  }
  const indexFile = resolve(question.directory, question.indexFile ?? join(gitDir, 'index'))
  const files = await readStaged({ gitDir, commonDir, indexFile }, signal)
  if (question.hook === 'pre-commit') return { ...about, files }
  return { ...about, message: await messageOf(question), files }
}

async function climb(directory: string): Promise<string | undefined> {
  for (let folder = directory; ; folder = dirname(folder)) {
    const inside = join(folder, '.git')
    const found = await stat(inside).catch(() => undefined)
    if (found?.isDirectory() === true) return inside
    const target =
      found === undefined ? undefined : /^gitdir: (.*?)\n?$/s.exec((await textOf(inside)) ?? '')?.[1]
    if (target !== undefined) return resolve(folder, target)
    // A bare repository, or the git folder itself, where git runs some hooks.
    if ((await textOf(join(folder, 'HEAD'))) !== undefined) return folder
    if (dirname(folder) === folder) return undefined
  }
}

async function branchOf(gitDir: string): Promise<{ branch?: string }> {
  const branch = /^ref: refs\/heads\/(.+)\n?$/.exec((await textOf(join(gitDir, 'HEAD'))) ?? '')?.[1]
  // Where refs are kept in a table, HEAD holds this to keep others away.
  return branch === undefined || branch === '.invalid' ? {} : { branch }
}

function authorOf({ authorName, authorEmail }: HookQuestion): { author?: string } {
  const parts = [authorName, authorEmail === undefined ? undefined : `<${authorEmail}>`]
  const author = parts.filter((part) => part !== undefined).join(' ')
  return author === '' ? {} : { author }
}

/** Returns the message that is to be committed, as git will clean it where somebody edited it. */
async function messageOf({ directory, editor, arguments: [path] = [] }: HookQuestion): Promise<string> {
  if (path === undefined) return ''
  const text = await startOf(resolve(directory, path), limits.messageBytes)
  if (editor === ':') return text
  const [above = ''] = text.split(/^# -+ >8 -+$/m)
  return above.replaceAll(/^#.*\n?/gm, '')
}

function updatesIn(input: string): Record<string, string>[] {
  return input.split('\n').flatMap((line) => {
    const [local, localOid, remote, remoteOid] = line.split(' ')
    if (local === undefined || localOid === undefined || remote === undefined || remoteOid === undefined)
      return []
    return [{ local, localOid, remote, remoteOid }]
  })
}

async function startOf(path: string, maxBytes: number): Promise<string> {
  const file = await openPlainFile(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(maxBytes), 0, maxBytes, 0)
    return buffer.subarray(0, bytesRead).toString('utf8')
  } finally {
    await file.close()
  }
}

async function textOf(path: string): Promise<string | undefined> {
  return readPlainText(path).catch(() => undefined)
}
