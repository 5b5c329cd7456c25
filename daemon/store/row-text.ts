import type { PathChange, PathCounts } from './store.ts'

const letters = {
  added: 'a',
  modified: 'm',
  deleted: 'd',
  renamed: 'r',
  copied: 'c',
  'type-changed': 't',
  unmerged: 'u',
} as const satisfies Record<PathChange['status'], string>

const statuses: Readonly<Record<string, PathChange['status']>> = {
  a: 'added',
  m: 'modified',
  d: 'deleted',
  r: 'renamed',
  c: 'copied',
  t: 'type-changed',
  u: 'unmerged',
}

/**
 * Returns changes as two texts: a letter for each, upper case when it has an old path; and their paths, a line
 * each, followed by the old paths. So each path is kept once, and is found under both of its names.
 */
export function changesText(changes: readonly PathChange[]): { letters: string; paths: string } {
  const marks = changes.map(({ status, oldPath }) =>
    oldPath === undefined ? letters[status] : letters[status].toUpperCase(),
  )
  const oldPaths = changes.flatMap(({ oldPath }) => (oldPath === undefined ? [] : [oldPath]))
  return { letters: marks.join(''), paths: linesText([...changes.map(({ path }) => path), ...oldPaths]) }
}

/** Returns the changes that `changesText` wrote. */
export function parseChanges(marks: string, paths: string): PathChange[] {
  const lines = parseLines(paths)
  let old = marks.length
  return Array.from(marks, (mark, index) => {
    const status = statuses[mark.toLowerCase()] ?? fail(`the change ${mark}`)
    const path = lines[index] ?? fail('a change without a path')
    if (mark === mark.toLowerCase()) return { path, status }
    return { path, oldPath: lines[old++] ?? fail('a rename without its old path'), status }
  })
}

/** Returns how much of each path changed, in the manner of `git diff --numstat`. */
export function countsText(counts: readonly PathCounts[]): string {
  return linesText(
    counts.map(({ path, additions, deletions, binary }) =>
      [additions, deletions, binary ? 'b' : '', path].join('\t'),
    ),
  )
}

/** Returns the counts that `countsText` wrote. */
export function parseCounts(text: string): PathCounts[] {
  return parseLines(text).map((line) => {
    const [additions, deletions, binary, ...path] = line.split('\t')
    return {
      path: path.join('\t'),
      additions: Number(additions),
      deletions: Number(deletions),
      binary: binary === 'b',
    }
  })
}

/** Returns texts as lines. Line feeds in them are escaped, since a path may contain anything but a zero byte. */
export function linesText(values: readonly string[]): string {
  return values
    .map((value) => value.replace(/[\\\n]/g, (char) => (char === '\n' ? '\\n' : '\\\\')))
    .join('\n')
}

/** Returns the texts that `linesText` wrote. */
export function parseLines(text: string): string[] {
  if (text === '') return []
  return text
    .split('\n')
    .map((line) => line.replace(/\\(.)/g, (_match, char) => (char === 'n' ? '\n' : char)))
}

function fail(what: string): never {
  throw new Error(`The store holds ${what}, which this version of aios never wrote.`)
}
