import { createInterface } from 'node:readline'
import { gitOf, placeOf, type Repository } from '../../git/repository.ts'

/** What a git command listed, newest first, and whether it was ended before it was done. */
export interface Listed {
  readonly lines: readonly string[]
  readonly cutShort: boolean
}

/** What a person would type instead, as of some commits. Each is a process, and ends at its limit. */
export interface GitBaselines {
  /** Lists commits whose messages have all of the words. */
  grep(words: readonly string[], tips: readonly string[], signal: AbortSignal): Promise<Listed>
  /** Lists commits that added or removed a text. */
  pickaxe(text: string, tips: readonly string[], signal: AbortSignal): Promise<Listed>
  /** Lists commits that touched some paths. */
  files(paths: readonly string[], tips: readonly string[], signal: AbortSignal): Promise<Listed>
  /** Lists the paths that changed with these, those of the newest commit first. */
  beside(paths: readonly string[], tips: readonly string[], signal: AbortSignal): Promise<Listed>
}

/** Nobody looks at more of a list. */
const mostLines = 100
/** What a person waits, and a machine that is shared can afford. */
const limitMs = { quick: 10_000, slow: 20_000 } as const

/** Creates the baselines of a repository. */
export function gitBaselines(repository: Repository): GitBaselines {
  const oids = ['--format=%H', `--max-count=${mostLines}`]
  return {
    grep(words, tips, signal) {
      const patterns = words.map((word) => `--grep=${word}`)
      const args = [...oids, '-i', '--fixed-strings', '--all-match', ...patterns]
      return list(repository, [...args, '--end-of-options', ...tips, '--'], limitMs.quick, signal)
    },
    pickaxe: (text, tips, signal) =>
      list(repository, [...oids, `-S${text}`, '--end-of-options', ...tips, '--'], limitMs.slow, signal),
    files: (paths, tips, signal) =>
      list(repository, [...oids, '--end-of-options', ...tips, '--', ...paths], limitMs.quick, signal),
    async beside(paths, tips, signal) {
      const shape = ['--format=', '--name-only', '--no-renames', '--full-diff', `--max-count=${mostLines}`]
      const args = [...shape, '--end-of-options', ...tips, '--', ...paths]
      const { lines, cutShort } = await list(repository, args, limitMs.quick, signal)
      const asked = new Set(paths)
      return { lines: [...new Set(lines)].filter((path) => path !== '' && !asked.has(path)), cutShort }
    },
  }
}

/** What was listed until the limit counts: a person reads on while git still looks. */
async function list(
  repository: Repository,
  args: readonly string[],
  ms: number,
  signal: AbortSignal,
): Promise<Listed> {
  const git = gitOf(repository, 'an evaluation')
  const process = git.start(
    ['log', '--no-ext-diff', '--no-textconv', '--no-color', ...args],
    placeOf(repository, signal),
  )
  let cutShort = false
  const timer = setTimeout(() => {
    cutShort = true
    process.kill()
  }, ms)
  try {
    process.stdin.end()
    const lines: string[] = []
    for await (const line of createInterface({ input: process.stdout })) lines.push(line)
    await process.ended
    signal.throwIfAborted()
    return { lines, cutShort }
  } finally {
    clearTimeout(timer)
    process.kill()
  }
}
