import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openBlobReader } from '../../../daemon/git/blob-reader.ts'
import { createGit } from '../../../daemon/git/git.ts'
import { openRepository } from '../../../daemon/git/repository.ts'
import { openStagedTrees } from '../../../daemon/git/staged-trees.ts'
import { openStaging, type StagingParts } from '../../../daemon/staging.ts'
import { createTestRepository } from '../../fixtures/git/test-repository.ts'

const forever = new AbortController().signal

async function setUp(parts: Partial<StagingParts> = {}) {
  const source = createTestRepository()
  source.commit('one', { 'tide.md': 'low\n', 'old name.md': 'a\nb\nc\nd\n' })
  const repository = await openRepository(source.path, createGit())
  const blobs = openBlobReader(repository)
  const staged = openStagedTrees(repository, blobs)
  const asked: (readonly string[])[] = []
  const errors: unknown[] = []
  let alarms = 0
  const staging = openStaging({
    repository,
    staged,
    memory: {
      companions(paths) {
        asked.push(paths)
        return []
      },
    },
    prepareAlarm: async () => void (alarms += 1),
    isWanted: () => true,
    onError: (error) => errors.push(error),
    ...parts,
  })
  onTestFinished(async () => {
    await staging.close()
    staged.close()
    blobs.close()
  })
  const stage = () => {
    source.write('tide.md', 'high\n')
    source.git('mv', 'old name.md', 'new.md')
    source.git('add', '.')
  }
  const gitDir = join(source.path, '.git')
  const place = { gitDir, commonDir: gitDir, indexFile: join(gitDir, 'index') }
  return { source, staged, staging, stage, asked, alarms: () => alarms, errors, place }
}

test('what was staged is looked at once, when it is quiet, where git has asked before', async () => {
  const { staged, staging, stage, asked, place } = await setUp()
  await staged.read(place, forever)
  stage()
  for (let time = 0; time < 5; time += 1) staging.notice()
  await vi.waitUntil(() => asked.length > 0)
  expect(asked.map((paths) => paths.toSorted())).toEqual([['new.md', 'old name.md', 'tide.md', 'tide.md']])
})

test('what is staged is not looked at when nobody will ask, nobody has, git has meanwhile, or after the end', async () => {
  const unwanted = await setUp({ isWanted: () => false })
  const late = await setUp()
  const closed = await setUp()
  const unasked = await setUp()
  for (const { staged, place } of [unwanted, late, closed]) await staged.read(place, forever)
  const all = [unwanted, late, closed, unasked]
  for (const { stage, staging } of all) {
    stage()
    staging.notice()
  }
  await late.staged.read(late.place, forever)
  await closed.staging.close()
  closed.staging.notice()
  await sleep(300)
  expect(all.map(({ asked }) => asked)).toEqual([[], [], [], []])
  expect(all.map(({ alarms }) => alarms())).toEqual([0, 0, 0, 1])
})

test('nothing staged is nothing to look at, and a failure is told', async () => {
  const nothing = await setUp()
  await nothing.staged.read(nothing.place, forever)
  nothing.staging.notice()
  const failing = await setUp({
    memory: {
      companions() {
        throw new Error('The graph is upside down.')
      },
    },
  })
  await failing.staged.read(failing.place, forever)
  failing.stage()
  failing.staging.notice()
  await vi.waitUntil(() => failing.errors.length > 0)
  expect(nothing.asked).toEqual([])
  expect(nothing.errors).toEqual([])
})

test('a git that hangs is given up, told of, and tried again when more is staged', async () => {
  let tries = 0
  const { staging, errors, place, staged } = await setUp({
    longestMs: 20,
    staged: {
      readings: () => 1,
      prepare: (_place, signal) =>
        new Promise((_resolve, reject) => {
          tries += 1
          signal.addEventListener('abort', () => reject(new Error('given up')))
        }),
    },
  })
  await staged.read(place, forever)
  for (const time of [1, 2]) {
    staging.notice()
    await vi.waitUntil(() => errors.length === time)
  }
  expect(tries).toBe(2)
})
