import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const gigabyte = 1024 ** 3

/**
 * Builds the programs once before any test, so that none of them tries what was built of older sources.
 *
 * Says where tests make their folders, too: in memory where there is room for them and programs may be run, for
 * then what they cost is a third less.
 */
export async function setup(): Promise<() => void> {
  const folder = mkdtempSync(join(isGood('/dev/shm') ? '/dev/shm' : tmpdir(), 'aios-tests-'))
  process.env['TEST_FOLDERS'] = folder
  process.env['TEST_COMPILED'] = join(tmpdir(), `aios-test-compiled-${process.getuid?.() ?? 0}`)
  mkdirSync(process.env['TEST_COMPILED'], { recursive: true, mode: 0o700 })
  await import('../scripts/build.ts')
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}

function isGood(place: string): boolean {
  let folder: string | undefined
  try {
    const { bavail, bsize } = statfsSync(place)
    if (bavail * bsize < 4 * gigabyte) return false
    folder = mkdtempSync(join(place, 'aios-try-'))
    writeFileSync(join(folder, 'run'), '#!/bin/sh\n', { mode: 0o700 })
    execFileSync(join(folder, 'run'), { stdio: 'ignore' })
    return true
  } catch {
    return false
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  }
}
