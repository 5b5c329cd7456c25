import type { CommitPatch, FilePatch, Hunk } from '../../contract/commit.ts'

/**
 * Returns a patch whose hunks have no secrets, and as many lines with the same prefixes as before.
 *
 * Whole hunks are searched, before anything is cut from them: a few lines of a key do not look like one. Each
 * side of a change is searched by itself, because a secret is whole in the file, not in the lines between.
 */
export async function redactPatch(patch: CommitPatch): Promise<CommitPatch> {
  const hunks = patch.files.flatMap((file) => file.hunks.map((hunk) => readHunk(hunk, file)))
  const { redactLines } = await import('../../native-workers/redact.ts')
  const clean = await redactLines(
    hunks.flatMap(({ sides }) => sides),
    hunks.flatMap(({ sides, path }) => sides.map(() => path)),
  )
  const bodies = hunks.map((hunk, index) => bodyOf(hunk, clean.slice(2 * index, 2 * index + 2)))
  let next = 0
  const files = patch.files.map((file) => ({
    ...file,
    hunks: file.hunks.map((hunk) => ({ ...hunk, body: bodies[next++] ?? hunk.body })),
  }))
  return { ...patch, files }
}

/** A hunk as the rules read it. */
interface ReadHunk {
  readonly body: Buffer
  readonly path: string
  readonly isCut: boolean
  readonly lines: readonly string[]
  /** The text before the change, and after it. */
  readonly sides: readonly [string, string]
}

function readHunk({ body }: Hunk, { path, truncated }: FilePatch): ReadHunk {
  const text = body.toString('utf8')
  // Half a secret is no secret to the rules: the last word of a line that was cut is not shown.
  const isCut = truncated && !text.endsWith('\n')
  const lines = (isCut ? text.replace(/\S{1,1024}$/, '') : text).split('\n')
  return { body, path, isCut, lines, sides: [sideOf(lines, '-'), sideOf(lines, '+')] }
}

function sideOf(lines: readonly string[], prefix: '-' | '+'): string {
  return lines
    .filter((line) => isOn(line, prefix))
    .map((line) => line.slice(1))
    .join('\n')
}

/** Says whether a line stands on this side; remarks of git stand on neither. */
function isOn(line: string, prefix: '-' | '+'): boolean {
  return line.startsWith(prefix) || line.startsWith(' ')
}

function bodyOf(
  { body, isCut, lines }: ReadHunk,
  clean: readonly { readonly text: string; readonly count: number }[],
): Buffer {
  if (!isCut && clean.every(({ count }) => count === 0)) return body
  const [before, after] = clean.map(({ text }) => text.split('\n')[Symbol.iterator]())
  const shown = lines.map((line) => {
    const old = isOn(line, '-') ? before?.next().value : undefined
    const fresh = isOn(line, '+') ? after?.next().value : undefined
    return old === undefined && fresh === undefined
      ? line
      : line.slice(0, 1) + hiding(line.slice(1), old, fresh)
  })
  return Buffer.from(shown.join('\n'))
}

/** Returns a line as the side shows it that found a secret in it; both may have found their own. */
function hiding(line: string, before = line, after = line): string {
  if (before === line || before === after) return after
  return after === line ? before : '[redacted]'
}
