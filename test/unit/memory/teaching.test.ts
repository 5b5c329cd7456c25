import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished, expect, test } from 'vitest'
import type { Fact } from '../../../contract/events.ts'
import { createLearnedEmbedder, createTrainedEmbedder } from '../../../daemon/embedder/learned.ts'
import { hashInName } from '../../../daemon/embedder/names.ts'
import { createCommitGraph } from '../../../daemon/memory/commit-graph.ts'
import { createTeaching, type Teaching, type TeachingParts } from '../../../daemon/memory/teaching.ts'
import { createArrayStore } from '../../../daemon/store/array-store.ts'
import { factsOf } from '../../../daemon/store/facts.ts'
import { createQueue } from '../../../daemon/store/queue.ts'
import type { EpisodeRow, MemoryStore } from '../../../daemon/store/store.ts'
import { trainingNotesIn } from '../../../daemon/training-notes.ts'
import { createDigester, type Texts } from '../../../native-workers/digest.ts'
import { createUntrainedTable } from '../../../native-workers/learned-encode.ts'
import { startTrainer } from '../../../native-workers/trainer.ts'
import { detailRow, episodeRow } from '../../conformance/store-rows.ts'
import { lessonsAbout, type Lesson } from '../../fixtures/lessons.ts'

const settings = { dimensions: 16, seed: 1, trainFrom: 40 }
const entry = new URL('../../../native-workers/trainer-main.ts', import.meta.url)
const forever = new AbortController().signal

test('a history that is long enough is learned from, and all vectors change at once', async () => {
  const school = createSchool()
  await school.remember(lessonsAbout(80))
  const { teaching, store } = school
  const untrained = teaching.embedder
  expect(teaching.status()).toMatchObject({ id: untrained.id, state: 'untrained' })

  await school.level()
  expect(teaching.status().state).toBe('training')
  await school.noticed()
  expect(teaching.status().state).toBe('switching')
  expect(store.embedder).toBe(untrained.id)
  expect(await school.near('paint')).toHaveLength(10)

  await school.level()
  expect(teaching.status()).toMatchObject({ id: store.embedder, state: 'trained' })
  expect(teaching.embedder.id).toMatch(/^learned-v2-[0-9a-f]{32}-16-1$/)
  expect(await store.searchVector(await untrained.embedQuestion('paint', forever), 10, untrained.id)).toEqual(
    [],
  )
  const [best] = await school.near('colour')
  expect((await store.episodes([best?.oid ?? '']))[0]?.message).toContain('colour')
  expect(school.facts.map(({ type }) => type)).toEqual(['embedder.trained', 'embedder.switched'])
  const [, , hash] = store.embedder.split('-')
  expect(readdirSync(school.folder).toSorted()).toEqual([`${hash}.table`, 'trained.json'])
})

const short: Record<string, readonly Lesson[]> = {
  'no commit': [],
  'one commit': lessonsAbout(1),
  'ten commits': lessonsAbout(10),
  'empty messages': lessonsAbout(80).map((one) => ({ ...one, message: '' })),
  'equal messages': lessonsAbout(80).map((one) => ({ ...one, message: 'wip' })),
}

test.each(Object.entries(short))('a history of %s stays untrained, and says why', async (_name, lessons) => {
  const school = createSchool()
  await school.remember(lessons)
  await school.level()
  expect(school.teaching.status()).toMatchObject({
    state: 'untrained',
    note: expect.stringMatching(/^history too short to learn from: \d+ of 40 commits/),
  })
  expect(school.starts).toBe(0)
})

test('only merges, and commits that change nothing, teach nothing', async () => {
  const school = createSchool()
  await school.remember(lessonsAbout(80), { parents: ['a'.repeat(40), 'b'.repeat(40)] })
  await school.remember(lessonsAbout(80), { changes: [] })
  await school.level()
  expect(school.starts).toBe(0)
})

test('a history of binary files is tried once, and again when it has grown', async () => {
  const school = createSchool()
  const lessons = lessonsAbout(100).map((one) => ({ ...one, passages: [] }))
  await school.remember(lessons.slice(0, 80))
  for (const _time of [1, 2, 3]) await school.learned()
  expect(school.starts).toBe(1)
  expect(school.teaching.status().state).toBe('untrained')
  await school.remember(lessons)
  await school.learned()
  expect(school.starts).toBe(2)
})

test('one author is enough', async () => {
  const school = createSchool()
  await school.remember(lessonsAbout(60), { author: { name: 'Ada', email: 'a@b.c', time: 1, zone: 0 } })
  await school.learned()
  await school.level()
  expect(school.teaching.status().state).toBe('trained')
})

test('it learns anew when a fifth has come to it, and not before', async () => {
  const school = createSchool()
  const lessons = lessonsAbout(100)
  await school.remember(lessons.slice(0, 80))
  await school.learned()
  await school.level()
  const first = school.teaching.embedder.id
  await school.remember(lessons.slice(0, 90))
  await school.learned()
  expect(school.starts).toBe(1)
  await school.remember(lessons)
  await school.learned()
  await school.level()
  expect(school.starts).toBe(2)
  expect(school.teaching.embedder.id).not.toBe(first)
  expect(school.store.embedder).toBe(school.teaching.embedder.id)
})

test('a trainer that dies is tried again later, and nothing has changed', async () => {
  const school = createSchool({ rssLimitBytes: 1 })
  await school.remember(lessonsAbout(80))
  await school.learned()
  const { id, state, note } = school.teaching.status()
  expect({ id, state }).toEqual({ id: school.store.embedder, state: 'untrained' })
  expect(note).toContain('learning failed')
  expect(school.facts.map(({ type }) => type)).toContain('embedder.failed')
  await school.level()
  expect(school.starts).toBe(1)
})

test('what a crash left of a training that is in force is removed the next time', async () => {
  const school = createSchool()
  await school.remember(lessonsAbout(80))
  await school.learned()
  await school.level()
  const kept = readdirSync(school.folder)
  for (const name of ['training.checkpoint', 'training.checkpoint.new', `${'0'.repeat(32)}.table`])
    writeFileSync(join(school.folder, name), 'left over')
  await school.again().level()
  expect(readdirSync(school.folder)).toEqual(kept)
  expect(school.starts).toBe(1)
})

test('closing ends what is learned, and another time goes on', async () => {
  const school = createSchool()
  await school.remember(lessonsAbout(80))
  await school.level()
  await school.teaching.close()
  expect(school.store.embedder).toContain('untrained')
  await school.level()
  expect(school.starts).toBeLessThanOrEqual(1)
})

interface School {
  readonly teaching: Teaching
  readonly store: MemoryStore
  readonly facts: readonly Fact[]
  readonly folder: string
  /** Opens the teaching of the same memory once more. */
  again(): Teaching
  /** How many trainers were started. */
  readonly starts: number
  remember(lessons: readonly Lesson[], changed?: Partial<EpisodeRow>): Promise<void>
  level(): Promise<void>
  /** Waits until the teaching asks to be called, or has nothing to do. */
  noticed(): Promise<void>
  /** Calls it once, and waits for what comes of it. */
  learned(): Promise<void>
  near(question: string): ReturnType<MemoryStore['searchVector']>
}

/** Creates a memory of nothing with its teaching, and the real trainer. */
function createSchool(options: { rssLimitBytes?: number } = {}): School {
  const folder = join(mkdtempSync(join(tmpdir(), 'teaching-')), 'embedder')
  const digest = createDigester(createUntrainedTable(settings))
  const embedderOptions = { ...settings, workers: { digest: (texts: Texts) => digest(texts) } }
  const embedder = createLearnedEmbedder(embedderOptions)
  const store = createArrayStore({ embedder: embedder.id, dimensions: embedder.dimensions })
  const graph = createCommitGraph()
  const facts: Fact[] = []
  let starts = 0
  const parts: TeachingParts = {
    folder,
    settings,
    isLost: false,
    startTrainer: (onProgress, signal) => {
      starts += 1
      return startTrainer({ entry, onProgress, ...options }, signal)
    },
    createTrained: (place, weights) => createTrainedEmbedder(embedderOptions, place, weights),
    inTurn: createQueue().run,
    notes: trainingNotesIn(folder, (id) => hashInName(id, settings)),
  }
  const open = (inForce = embedder) => {
    const opened = createTeaching(parts, {
      id: 'r1',
      store,
      embedder: inForce,
      graph,
      publish: (fact) => void facts.push(fact),
      notice: () => {},
    })
    onTestFinished(() => opened.close())
    return opened
  }
  const teaching = open()

  return {
    teaching,
    store,
    facts,
    folder,
    again: () => open(teaching.embedder),
    get starts() {
      return starts
    },
    async remember(lessons, changed = {}) {
      const rows = lessons.map(({ oid, message }) =>
        episodeRow(oid, { oid, parents: [], message, ...changed }),
      )
      for (const row of rows) graph.add(factsOf(row))
      await store.putEpisodes(rows)
      const { vectors } = await teaching.embedder.digest(textsOf(lessons), forever)
      let at = 0
      const passages = lessons.flatMap(({ oid, passages }) =>
        passages.map((terms, ordinal) => ({
          key: `${oid}:${ordinal}`,
          oid,
          path: 'src/a.c',
          startLine: 1,
          endLine: 2,
          terms,
          vector: vectors.slice(at, (at += settings.dimensions)),
        })),
      )
      await store.putDetails(
        lessons.map(({ oid }) => detailRow(oid, { oid })),
        passages,
      )
    },
    level: () => teaching.level(),
    async noticed() {
      await expect.poll(() => teaching.status().state, { timeout: 60_000 }).not.toBe('training')
    },
    async learned() {
      await teaching.level()
      await this.noticed()
    },
    async near(question) {
      const { id } = teaching.embedder
      return store.searchVector(await teaching.embedder.embedQuestion(question, forever), 10, id)
    },
  }
}

function textsOf(lessons: readonly Lesson[]): Texts {
  const parts = lessons.flatMap(({ passages }) => passages).map((text) => Buffer.from(text))
  const offsets = new Uint32Array(parts.length + 1)
  for (const [at, part] of parts.entries()) offsets[at + 1] = (offsets[at] ?? 0) + part.length
  return { bytes: Buffer.concat(parts), offsets, shape: 'message', labels: [] }
}
