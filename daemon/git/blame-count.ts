import { gitOf, placeOf, type Repository } from './repository.ts'

/** Lines of a file, in runs from first to last. */
export interface LinesOfFile {
  readonly path: string
  readonly revision: string
  readonly runs: readonly (readonly [first: number, last: number])[]
}

/** Returns how many of the lines each commit has written last; nothing when the file has no such lines. */
export async function countBlame(
  repository: Repository,
  { path, revision, runs }: LinesOfFile,
  signal?: AbortSignal,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  if (runs.length === 0) return counts
  const ranges = runs.map(([first, last]) => `-L${first},${last}`)
  const args = ['blame', '--incremental', '--root', '-w', '--no-textconv', '--no-progress', ...ranges]
  const git = gitOf(repository, 'blame')
  const { code, stdout } = await git.run([...args, revision, '--', path], placeOf(repository, signal))
  if (code !== 0) return counts
  for (const [, oid = '', lines] of stdout.toString('utf8').matchAll(/^([0-9a-f]{40,64}) \d+ \d+ (\d+)$/gm))
    counts.set(oid, (counts.get(oid) ?? 0) + Number(lines))
  return counts
}
