import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { holdConfig, type HeldConfig } from '../../../daemon/held-config.ts'

let userFile: string
let repositoryFile: string
let reported: unknown[]
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'config-'))
  userFile = join(folder, 'config.yaml')
  repositoryFile = join(folder, '.aiosrc.yaml')
  reported = []
})

test('a file that turns bad keeps what it set, while the other one goes on to count', async () => {
  writeFileSync(repositoryFile, 'recall: {limit: 3}\n')
  const held = await hold()
  expect(held.config.recall.limit).toBe(3)

  await change(held, repositoryFile, 'recall: {limit: many}\n')
  await change(held, userFile, 'related: {minimumSupport: 4}\nrecall: {limit: 9}\n')
  expect([held.config.recall.limit, held.config.related.minimumSupport]).toEqual([3, 4])
  expect(held.problems()).toMatchObject([{ code: 'config.invalid' }])
  expect(held.problems()[0]?.message).toContain(`${repositoryFile}:1`)

  await change(held, userFile, 'related: [')
  expect([held.config.recall.limit, held.config.related.minimumSupport]).toEqual([3, 4])
  expect(held.problems().length).toBeGreaterThan(1)

  rmSync(repositoryFile)
  await change(held, userFile, 'recall: {limit: 9}\n')
  expect(held.problems()).toEqual([])
  expect(held.config.recall.limit).toBe(9)
  await change(held, userFile, '')
  expect(held.config.recall.limit).toBe(10)
})

test('a file that asks for what is not its to ask keeps what it set before', async () => {
  writeFileSync(repositoryFile, 'recall: {limit: 3}\n')
  const held = await hold()
  await change(held, repositoryFile, 'recall: {limit: 5}\ndaemon: {logLevel: debug}\n')
  expect(held.config.recall.limit).toBe(3)
  expect(held.config.daemon.logLevel).not.toBe('debug')
  expect(held.problems()).toMatchObject([{ code: 'config.forbidden' }])
})

test('what did not change is not read again', async () => {
  writeFileSync(repositoryFile, 'recall: {limit: many}\n')
  const held = await hold()
  expect(reported).toHaveLength(1)
  await held.refresh()
  expect(reported).toHaveLength(1)
})

function hold(): Promise<HeldConfig> {
  return holdConfig({ userFile, repositoryFile, environment: {} }, (error) => reported.push(error))
}

async function change(held: HeldConfig, file: string, text: string): Promise<void> {
  writeFileSync(file, text)
  await held.refresh()
}
