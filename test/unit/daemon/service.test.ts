import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { announce, withdraw } from '../../../daemon/service.ts'

const service = {
  id: 'one',
  version: '0.1.0',
  protocol: 1,
  pid: process.pid,
  socket: '/run/aios.sock',
  url: '',
  startedAt: '2024-05-01T00:00:00Z',
}

test('a daemon is announced to its owner alone, whole, and taken back when it ends', () => {
  const folder = mkdtempSync(join(tmpdir(), 'service-'))
  const file = join(folder, 'service.json')
  writeFileSync(file, '{"half')
  announce(file, service)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(service)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  withdraw(file, service)
  expect(readdirSync(folder)).toEqual([])
})

test('the announcement of another daemon is left alone, and so is what nobody can read', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'service-')), 'service.json')
  announce(file, { ...service, id: 'two' })
  withdraw(file, service)
  expect(existsSync(file)).toBe(true)
  writeFileSync(file, 'nonsense')
  withdraw(file, service)
  expect(readFileSync(file, 'utf8')).toBe('nonsense')
})
