import { expect, test } from 'vitest'
import type { EvaluationReport, TaskResult } from '../../contract/evaluation.ts'
import { evaluation } from './answers.ts'
import { commandLine } from './command-line.ts'

const silent = { r1: null, r10: null, mrr: null, questions: 0, cutShort: 0 }
const measured: TaskResult = {
  task: 'hidden-message',
  questions: 40,
  r1: 0.475,
  r10: 0.8,
  mrr: 0.604,
  interval: { r1: [0.3, 0.6], r10: [0.7, 0.9], mrr: [0.478, 0.723] },
  baselines: {
    bm25: { r1: 0.3, r10: 0.7, mrr: 0.416, questions: 40, cutShort: 0 },
    bm25Messages: silent,
    grep: silent,
    pickaxe: { r1: 0.15, r10: 0.15, mrr: 0.15, questions: 20, cutShort: 3 },
    files: silent,
  },
  measures: {},
  file: '/state/evaluations/tide-1/hidden-message.ndjson',
  seconds: 2,
}
const untold: TaskResult = {
  ...measured,
  task: 'revert',
  questions: 0,
  r1: null,
  r10: null,
  mrr: null,
  interval: null,
  note: 'No revert gives a reason.',
}
const report: EvaluationReport = { ...evaluation, tasks: [measured, untold] }

test('an evaluation is printed beside what a user would do otherwise', async () => {
  const aios = await commandLine({
    async *evaluate() {
      yield { type: 'task', task: measured }
      yield { type: 'report', report }
    },
  })
  const { stdout, exit } = await aios(['--repo', 'tide-1', 'eval'])
  expect(exit).toBe(0)
  expect(stdout).toContain('aios               0.475   0.800   0.604  MRR between 0.478 and 0.723')
  expect(stdout).toContain('BM25               0.300   0.700   0.416')
  expect(stdout).toContain('git log -S         0.150   0.150   0.150  20 questions  3 cut short')
  expect(stdout).not.toContain('--grep')
  expect(stdout).toContain('No revert gives a reason.')
})

test('what is asked for is what was typed, and JSON has each task with its baselines', async () => {
  const asked: unknown[] = []
  const aios = await commandLine({
    async *evaluate(input) {
      asked.push(input)
      yield { type: 'report', report }
    },
  })
  const args = ['eval', '--json', '--task', 'hidden message', 'revert', '--sample', '7', '--tune']
  const { stdout } = await aios(['--repo', 'tide-1', ...args])
  expect(asked).toEqual([
    { repository: 'tide-1', tasks: ['hidden-message', 'revert'], sample: 7, part: 'oldest' },
  ])
  expect(JSON.parse(stdout)).toMatchObject({
    schema: 'aios.eval.v1',
    data: { tasks: [{ task: 'hidden-message', questions: 40, baselines: { bm25: { mrr: 0.416 } } }, {}] },
  })
  await expect(aios(['--repo', 'tide-1', 'eval', '--task', 'tides'])).rejects.toMatchObject({
    code: 'command.usage',
  })
})

test('who interrupts an evaluation hears what was done until then', async () => {
  const ending = new AbortController()
  const aios = await commandLine({
    async *evaluate(_input, signal) {
      yield { type: 'task', task: measured }
      yield { type: 'progress', phase: 'revert', done: 1, total: 9, secondsLeft: 3 }
      await new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new Error('gone'))),
      )
    },
  })
  const { stdout, exit } = await aios(['--repo', 'tide-1', 'eval'], {
    isTTY: true,
    signal: ending.signal,
    onPrint: (text) => void (text.includes('revert 1 of 9') && ending.abort()),
  })
  expect(exit).toBe(130)
  expect(stdout).toContain('0.604')
  expect(stdout).toContain('Interrupted; 1 task done.')
})
