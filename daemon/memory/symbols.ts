import type { CommitPatch } from '../../contract/commit.ts'

/** Headings beyond these say little about what a commit is about. */
const mostSymbols = 24
const longestSymbol = 120

/** Returns the functions and sections that each commit's hunks stand in, most touched first, without secrets. */
export async function symbolsOf(patches: readonly CommitPatch[]): Promise<string[][]> {
  const headings = patches.map(headingsOf)
  const { redact } = await import('../../native-workers/redact.ts')
  const clean = await redact(headings.flat())
  let next = 0
  return headings.map((list) =>
    list.map((heading) => (clean[next++]?.text ?? heading).slice(0, longestSymbol)),
  )
}

function headingsOf(patch: CommitPatch): string[] {
  const touched = new Map<string, number>()
  for (const hunk of patch.files.flatMap((file) => file.hunks)) {
    const heading = hunk.heading.trim()
    if (heading !== '') touched.set(heading, (touched.get(heading) ?? 0) + 1)
  }
  return [...touched]
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, mostSymbols)
    .map(([heading]) => heading)
}
