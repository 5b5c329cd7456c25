import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadConfig } from '../../daemon/config.ts'
import { evaluateApart } from '../../daemon/evaluator.ts'
import { createHistory } from '../unit/evaluation/history.ts'

const patience = 120_000
const entry = new URL('../../daemon/evaluator-main.ts', import.meta.url)
const entryOf = (name: string) => new URL(`../../native-workers/${name}.ts`, import.meta.url).href

async function assignment(path: string) {
  const home = mkdtempSync(join(tmpdir(), 'apart-'))
  const { config } = await loadConfig({ userFile: join(home, 'none.yaml'), environment: {} })
  return {
    kind: 'evaluate' as const,
    id: 'tide-1',
    path,
    order: { sample: 3, tasks: ['hidden-file' as const] },
    config,
    scratch: join(home, 'scratch'),
    folder: join(home, 'files'),
    workersEntry: entryOf('main'),
    trainerEntry: entryOf('trainer-main'),
  }
}

test(
  'an evaluation apart is heard to its report, and only its files stay',
  async () => {
    const assigned = await assignment(createHistory(40).path)
    const types: string[] = []
    for await (const { type } of evaluateApart(assigned, { entry }, new AbortController().signal)) {
      types.push(type)
      // Whoever has the report may begin another at once.
      expect(existsSync(assigned.scratch)).toBe(type !== 'report')
    }
    expect(types.slice(-2)).toEqual(['task', 'report'])
    expect(existsSync(join(assigned.folder, 'hidden-file.ndjson'))).toBe(true)
  },
  patience,
)

test(
  'when nobody listens any more, nothing of it is left',
  async () => {
    const assigned = await assignment(createHistory(40).path)
    const ending = new AbortController()
    const running = (async () => {
      for await (const _ of evaluateApart(assigned, { entry }, ending.signal)) ending.abort()
    })()
    await expect(running).rejects.toMatchObject({ code: 'command.interrupted' })
    expect([assigned.scratch, assigned.folder].filter((path) => existsSync(path))).toEqual([])
  },
  patience,
)

test(
  'a process that ends before it is done is told of',
  async () => {
    const assigned = await assignment('/nowhere')
    const listen = async (from: URL) => {
      for await (const _ of evaluateApart(assigned, { entry: from }, new AbortController().signal));
    }
    await expect(listen(new URL('file:///nowhere.ts'))).rejects.toMatchObject({ code: 'evaluation.lost' })
    await expect(listen(entry)).rejects.toMatchObject({ code: 'repository.missing' })
  },
  patience,
)
