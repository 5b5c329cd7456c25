import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { EvaluationNews, EvaluationOrder, EvaluationReport } from '../../../contract/evaluation.ts'
import { loadConfig } from '../../../daemon/config.ts'
import { evaluate } from '../../../daemon/evaluation/evaluate.ts'
import { createGit } from '../../../daemon/git/git.ts'
import { openRepository } from '../../../daemon/git/repository.ts'
import { createTestRepository } from '../../fixtures/git/test-repository.ts'
import { createHistory } from './history.ts'

const patience = 120_000
const entryOf = (name: string) => new URL(`../../../native-workers/${name}.ts`, import.meta.url)

/** Evaluates a repository in this process; returns the report and what was told on the way. */
async function evaluated(path: string, order: EvaluationOrder, signal = new AbortController().signal) {
  const home = mkdtempSync(join(tmpdir(), 'evaluated-'))
  const { config } = await loadConfig({ userFile: join(home, 'none.yaml'), environment: {} })
  const news: EvaluationNews[] = []
  const parts = {
    id: 'tide-1',
    repository: await openRepository(path, createGit()),
    config,
    scratch: join(home, 'scratch'),
    folder: join(home, 'files'),
    workersEntry: entryOf('main'),
    trainerEntry: entryOf('trainer-main'),
  }
  const report = await evaluate(order, parts, (one) => void news.push(one), signal)
  return { report, news }
}

/** What of a report is the same in every run. */
function figuresOf({ tasks }: EvaluationReport) {
  return tasks.map(({ seconds: _seconds, file: _file, ...figures }) => figures)
}

test(
  'a history is asked its own questions, the same ones each time',
  async () => {
    const { path } = createHistory(80)
    const order: EvaluationOrder = {
      sample: 12,
      tasks: ['hidden-message', 'hidden-file', 'abstain', 'budget'],
    }
    const { report, news } = await evaluated(path, order)
    const again = await evaluated(path, order)
    expect(figuresOf(again.report)).toEqual(figuresOf(report))
    const [message, file, abstain, budget] = report.tasks
    // What was changed holds each word of the subject, and files come in pairs: every answer stands first.
    expect(message).toMatchObject({ questions: 12, r1: 1, r10: 1, mrr: 1, interval: { mrr: [1, 1] } })
    expect(message?.baselines).toMatchObject({ bm25: { mrr: 1 }, grep: { mrr: null }, files: { mrr: null } })
    expect(file).toMatchObject({ questions: 12, r1: 1, baselines: { files: { r10: 1 } } })
    expect(file?.measures['alarmPrecision']).toBe(1)
    expect(abstain?.measures['auroc']).toBeGreaterThan(0.5)
    expect(budget?.measures).toMatchObject({ r20: 1, within4000: 1 })
    const lines = readFileSync(message?.file ?? '', 'utf8')
      .trim()
      .split('\n')
    expect(lines).toHaveLength(12)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      task: 'hidden-message',
      place: 1,
      baselines: { bm25: 1 },
    })
    expect(news.map(({ type }) => type)).toContain('progress')
  },
  patience,
)

test(
  'commits are found again after they were rewritten, and the repository is as it was',
  async () => {
    const repository = createHistory(60)
    const before = repository.git('for-each-ref') + repository.git('count-objects', '-v')
    const { report } = await evaluated(repository.path, { sample: 7, tasks: ['rewrite'] })
    expect(report.tasks[0]?.measures).toMatchObject({ cleanFound: 1, squashFound: 1, wrongAttachments: 0 })
    expect(repository.git('for-each-ref') + repository.git('count-objects', '-v')).toBe(before)
  },
  patience,
)

test(
  'what says of another commit that it fixes, reverts or cites it is asked for that commit',
  async () => {
    const repository = createHistory(60)
    const cite = (words: (oid: string) => string, place: number) => {
      const oid = repository.git('rev-parse', `HEAD~${place}`)
      repository.commit(words(oid), { [`src/new${place}.ts`]: `export const found = ${place}\n` })
    }
    cite(
      (oid) => `mend what leaked\n\nThe winch polished so badly was leaking.\n\nFixes: ${oid.slice(0, 12)}`,
      8,
    )
    cite(
      (oid) => `Revert "x"\n\nThis reverts commit ${oid}.\n\nThe beacon was too bright for the harbour town.`,
      9,
    )
    cite(
      (oid) =>
        `tell of it\n\nThe hull was oiled and cleaned and mended in ${oid.slice(0, 10)} before winter came.`,
      10,
    )
    const { report } = await evaluated(repository.path, { tasks: ['origin', 'revert', 'cited', 'prose'] })
    expect(report.tasks.map(({ task, questions }) => [task, questions])).toEqual([
      ['origin', 1],
      ['prose', 0],
      ['cited', 1],
      ['revert', 1],
    ])
    expect(report.tasks[1]?.note).toContain('release notes')
    expect(report.tasks[1]?.mrr).toBeNull()
    const asked = report.tasks.flatMap(({ file }) => (file === undefined ? [] : [readFileSync(file, 'utf8')]))
    expect(asked.join('')).not.toContain('This reverts')
  },
  patience,
)

test(
  'a history that holds no answers says so for each task',
  async () => {
    const empty = createTestRepository('--initial-branch=main')
    const equal = createTestRepository('--initial-branch=main')
    for (let at = 0; at < 10; at += 1) equal.commit('', { 'a.bin': Buffer.from([0, at, 0, 255]) })
    for (const [path, commits] of [
      [empty.path, 0],
      [equal.path, 10],
    ] as const) {
      const { report } = await evaluated(path, {})
      expect(report.commits).toBe(commits)
      expect(report.tasks).toHaveLength(9)
      expect(report.tasks.filter(({ questions, note }) => questions > 0 || note === undefined)).toEqual([])
    }
  },
  patience,
)

test(
  'an evaluation that is ended ends at once',
  async () => {
    const ending = new AbortController()
    const { path } = createHistory(40)
    const running = evaluated(path, {}, ending.signal)
    ending.abort(new Error('enough'))
    await expect(running).rejects.toThrow('enough')
  },
  patience,
)
