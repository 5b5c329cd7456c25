import { execFileSync } from 'node:child_process'
import { mkdtempSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rememberingHead } from '../../../daemon/git/head-memo.ts'
import { readPlainFile } from '../../../daemon/git/plain-file.ts'
import { shallowCommits } from '../../../daemon/git/shallow.ts'

test('where a pipe or a device stands in place of a file of git, nobody waits for it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pipes-'))
  for (const name of ['HEAD', 'shallow']) execFileSync('mkfifo', [join(folder, name)])
  symlinkSync('/dev/zero', join(folder, 'endless'))
  const head = rememberingHead({ gitDir: folder, commonDir: folder }, async () => ({
    unborn: true,
    detached: false,
  }))
  // More than there are threads for files.
  const answers = await Promise.all(
    Array.from({ length: 8 }, async () => [await head(), await shallowCommits(folder)]),
  )
  expect(answers[7]).toEqual([{ unborn: true, detached: false }, new Set()])
  for (const name of ['HEAD', 'endless', '.']) {
    await expect(readPlainFile(join(folder, name))).rejects.toThrow('is not a file')
  }
})
