/** A file of a diff that somebody asks about, as it was before the change. */
export interface AskedFile {
  readonly path: string
  /** Lines that go or, where only lines come, those they come between; ascending. */
  readonly lines: readonly number[]
}

/** Returns the files that a diff changes, with the lines that it speaks of; files that it makes are left out. */
export function filesOfDiff(text: string): AskedFile[] {
  const files: { path: string; lines: Set<number> }[] = []
  let hunk: Hunk | undefined
  for (const line of text.split('\n')) {
    const path = /^--- (?:a\/)?([^\t]+)/.exec(line)?.[1]
    if ((hunk === undefined || hunk.left <= 0) && path !== undefined) {
      hunk = undefined
      if (path !== '/dev/null') files.push({ path, lines: new Set() })
      continue
    }
    const [, start, count = '1'] = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@/.exec(line) ?? []
    if (start !== undefined) hunk = { at: Number(start), left: Number(count) }
    else if (hunk !== undefined) hunk = step(line, hunk, files.at(-1)?.lines)
  }
  return files.map((file) => ({ path: file.path, lines: [...file.lines].toSorted((a, b) => a - b) }))
}

/** Where in the file as it was a hunk goes on, and how many of its lines are to come. */
interface Hunk {
  readonly at: number
  readonly left: number
}

function step(line: string, { at, left }: Hunk, lines: Set<number> | undefined): Hunk | undefined {
  if (line.startsWith('+')) {
    if (at > 1) lines?.add(at - 1)
    if (left > 0) lines?.add(at)
    return { at, left }
  }
  if (line.startsWith('-')) lines?.add(at)
  else if (!line.startsWith(' ') && line !== '') return line.startsWith('\\') ? { at, left } : undefined
  return left > 0 ? { at: at + 1, left: left - 1 } : undefined
}
