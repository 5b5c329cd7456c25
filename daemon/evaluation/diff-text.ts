import type { CommitPatch, FilePatch } from '../../contract/commit.ts'

/** Returns a patch as `git diff` prints it, up to so many characters; whole lines only. */
export function diffText({ files }: CommitPatch, most: number): string {
  let text = ''
  for (const line of linesOf(files)) {
    if (text.length + line.length > most) break
    text += `${line}\n`
  }
  return text
}

function* linesOf(files: readonly FilePatch[]): Generator<string> {
  for (const file of files) {
    if (file.binary) continue
    const before = file.oldPath ?? file.path
    yield `diff --git a/${before} b/${file.path}`
    yield file.status === 'added' ? '--- /dev/null' : `--- a/${before}`
    yield file.status === 'deleted' ? '+++ /dev/null' : `+++ b/${file.path}`
    for (const { oldStart, oldLines, newStart, newLines, heading, body } of file.hunks) {
      yield `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@ ${heading}`.trimEnd()
      yield* body
        .toString('utf8')
        .split('\n')
        .filter((line) => line !== '')
    }
  }
}
