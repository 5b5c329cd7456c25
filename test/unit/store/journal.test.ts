import {
  copyFileSync,
  mkdtempSync,
  openSync,
  readdirSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openJournal, type Journal, type RegisteredRepository } from '../../../daemon/store/journal.ts'

const noon = Date.UTC(2026, 0, 2, 12)
const oid = (digit: string) => digit.repeat(40)
const remembered = (commits: number) =>
  ({ type: 'memory.remembered', data: { repository: 'r', commits, newest: oid('a') } }) as const
const repository: RegisteredRepository = {
  id: 'r',
  path: '/home/ada/tide',
  gitDir: '/home/ada/tide/.git',
  commonDir: '/home/ada/tide/.git',
  addedAt: noon,
  state: 'ready',
}

const ran = {
  schedule: 'daily',
  repository: 'r',
  expression: '0 4 * * *',
  since: noon,
  ranAt: noon,
  failed: ['tides'],
}

let file: string
let journal: Journal
const unexpected = (detail: string) => expect.fail(detail)

beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'journal-')), 'state', 'journal.db')
  journal = openJournal(file, unexpected)
})
afterEach(() => journal.close())

test('facts are numbered from one without gaps, and come back in order', () => {
  expect(journal.latest()).toBe(0)
  const events = journal.append([1, 2, 3].map(remembered), noon)
  expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3])
  expect(events[0]).toEqual({
    seq: 1,
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    type: 'memory.remembered',
    repository: 'r',
    time: '2026-01-02T12:00:00.000Z',
    data: { repository: 'r', commits: 1, newest: oid('a') },
  })
  expect(journal.since(0, 10)).toEqual(events)
  expect(journal.since(1, 1)).toEqual([events[1]])
  expect(journal.since(3, 10)).toEqual([])
  expect(journal.latest()).toBe(3)
})

test('of facts that are kept together all are kept, or none', () => {
  // What the table refuses stands for a disk that is full half-way.
  const refused = JSON.parse('{"type":null,"data":{}}')
  expect(() => journal.append([remembered(1), refused], noon)).toThrow('constraint failed')
  expect(journal.since(0, 10)).toEqual([])
  expect(journal.append([remembered(3)], noon)[0]?.seq).toBe(1)
})

test('a fact without a repository names none', () => {
  journal.append([{ type: 'daemon.stopping', data: { reason: 'asked' } }], noon)
  expect(journal.since(0, 1)[0]).not.toHaveProperty('repository')
})

test('a number is never used again, whatever was pruned and however often the journal was opened', () => {
  for (const commits of [1, 2, 3, 4, 5]) journal.append([remembered(commits)], noon)
  journal.prune(2)
  expect(journal.since(0, 10).map(({ seq }) => seq)).toEqual([4, 5])
  expect(journal.oldest()).toBe(4)
  journal.prune(0)
  expect(journal.oldest()).toBe(0)
  expect(journal.latest()).toBe(5)
  journal = reopened(unexpected)
  expect(journal.latest()).toBe(5)
  expect(journal.append([remembered(6)], noon)[0]?.seq).toBe(6)
})

test('what was written is there after the journal is opened again', () => {
  journal.register(repository)
  journal.setTips('r', new Map([['refs/heads/main', oid('a')]]))
  journal.addAliases('r', [{ from: oid('a'), to: oid('b'), evidence: 'reflog', at: noon }])
  journal.skip('r', oid('c'), 'corrupt')
  journal = reopened(unexpected)
  expect(journal.repositories()).toEqual([repository])
  expect(journal.tips('r')).toEqual(new Map([['refs/heads/main', oid('a')]]))
  expect(journal.aliases('r')).toEqual([{ from: oid('a'), to: oid('b'), evidence: 'reflog', at: noon }])
  expect(journal.skipped('r')).toEqual([{ oid: oid('c'), reason: 'corrupt', tries: 1 }])
})

test('a repository that moved keeps its place', () => {
  journal.register(repository)
  journal.register({ ...repository, id: 's', addedAt: noon + 1 })
  journal.register({ ...repository, path: '/elsewhere', addedAt: noon + 9 })
  journal.setState('s', 'missing')
  expect(journal.repositories().map(({ id, path, addedAt, state }) => [id, path, addedAt, state])).toEqual([
    ['r', '/elsewhere', noon, 'ready'],
    ['s', '/home/ada/tide', noon + 1, 'missing'],
  ])
})

test('forgetting a repository forgets what belongs to it and nothing else', () => {
  for (const id of ['r', 's']) {
    journal.register({ ...repository, id })
    journal.setTips(id, new Map([['HEAD', oid('a')]]))
    journal.skip(id, oid('a'), 'corrupt')
    journal.addAliases(id, [{ from: oid('a'), to: oid('b'), evidence: 'reflog', at: noon }])
    journal.schedules.keep([{ ...ran, repository: id }])
  }
  journal.forget('r')
  const kept = (id: string) => [journal.tips(id).size, journal.skipped(id).length, journal.aliases(id).length]
  expect(journal.repositories().map(({ id }) => id)).toEqual(['s'])
  expect(kept('r')).toEqual([0, 0, 0])
  expect(kept('s')).toEqual([1, 1, 1])
  expect(journal.schedules.all()).toEqual([{ ...ran, repository: 's' }])
})

test('tips are those that were seen last', () => {
  journal.setTips('r', new Map(['a', 'b'].map((ref) => [ref, oid('1')])))
  journal.setTips('r', new Map([['b', oid('3')]]))
  expect(journal.tips('r')).toEqual(new Map([['b', oid('3')]]))
  expect(journal.tips('unknown').size).toBe(0)
})

test('rewrites are followed, never in a circle', () => {
  const links = (...pairs: [string, string][]) => {
    const aliases = pairs.map(([from, to]) => ({
      from: oid(from),
      to: oid(to),
      evidence: 'patch-id',
      at: noon,
    }))
    journal.addAliases('r', aliases)
  }
  links(['1', '2'], ['2', '3'], ['9', '3'])
  links(['3', '1'], ['1', '1'], ['1', '4'])
  expect(journal.laterThan('r', oid('1'))).toEqual([oid('2'), oid('3')])
  expect(journal.laterThan('r', oid('3'))).toEqual([])
  expect(journal.laterThan('other', oid('1'))).toEqual([])
  expect(journal.aliases('r').map(({ from }) => from)).toEqual(['1', '2', '9'].map(oid))
})

test('of a schedule is known what was kept last, until it is forgotten', () => {
  journal.schedules.keep([ran, { ...ran, repository: 's', ranAt: undefined }, { ...ran, schedule: 'weekly' }])
  journal.schedules.keep([{ ...ran, expression: '0 5 * * *', since: noon + 1 }])
  journal.schedules.forget('weekly')

  expect(journal.schedules.all()).toEqual([
    { ...ran, expression: '0 5 * * *', since: noon + 1 },
    { ...ran, repository: 's', ranAt: undefined },
  ])
})

test('tries are counted until the commit can be read', () => {
  expect([1, 2, 3].map(() => journal.skip('r', oid('1'), 'corrupt'))).toEqual([1, 2, 3])
  journal.skip('r', oid('1'), 'timed out')
  expect(journal.skipped('r')).toEqual([{ oid: oid('1'), reason: 'timed out', tries: 4 }])
  journal.unskip('r', oid('1'))
  expect(journal.skipped('r')).toEqual([])
})

test('a journal of a newer aios is left as it is', () => {
  journal.close()
  const database = new DatabaseSync(file)
  database.exec('PRAGMA user_version = 999')
  database.close()
  expect(() => openJournal(file, unexpected)).toThrow(expect.objectContaining({ code: 'store.newer' }))
})

test('a journal that is no database is moved aside, and another begins', () => {
  journal.close()
  writeFileSync(file, 'this is no database, but it is long enough to be taken for one. '.repeat(100))
  const details: string[] = []
  journal = openJournal(file, (detail) => details.push(detail))
  expect(details).toEqual([expect.stringContaining('journal.db.damaged.1')])
  expect(journal.repositories()).toEqual([])
  expect(journal.append([remembered(1)], noon)[0]?.seq).toBe(1)
  expect(readdirSync(join(file, '..'))).toContain('journal.db.damaged.1')
})

test('what can be read of a damaged journal is kept', () => {
  journal.register(repository)
  journal.schedules.keep([ran, { ...ran, schedule: 'weekly', ranAt: undefined }])
  for (let commits = 1; commits <= 3000; commits++) journal.append([remembered(commits)], noon)
  journal.close()
  const handle = openSync(file, 'r+')
  for (let page = 60; page < 90; page++) writeSync(handle, Buffer.alloc(4096, 0xa5), 0, 4096, page * 4096)
  const details: string[] = []
  journal = openJournal(file, (detail) => details.push(detail))
  expect(details).toHaveLength(1)
  expect(journal.repositories()).toEqual([repository])
  expect(journal.schedules.all()).toEqual([ran, { ...ran, schedule: 'weekly', ranAt: undefined }])
  expect(journal.since(0, 10)[0]).toMatchObject({ seq: 1, data: { commits: 1 } })
  expect(journal.append([remembered(1)], noon)[0]?.seq).toBe(3001)
})

test('a table that is gone is a damage, and a time that no clock shows is nobody’s', () => {
  journal.register(repository)
  journal.schedules.keep([ran, { ...ran, schedule: 'weekly' }])
  const database = new DatabaseSync(file)
  database.exec(`UPDATE schedule_runs SET since = ${2n ** 60n} WHERE schedule = 'daily'`)
  database.exec(`UPDATE schedule_runs SET ran_at = ${2n ** 60n}, failed = '["' WHERE schedule = 'weekly'`)
  expect(journal.schedules.all()).toEqual([{ ...ran, schedule: 'weekly', ranAt: undefined, failed: [] }])
  journal.schedules.keep([ran])
  expect(journal.schedules.all()).toContainEqual(ran)

  database.exec('DROP TABLE tips')
  database.close()
  const details: string[] = []
  journal = reopened((detail) => details.push(detail))
  expect(details).toEqual([expect.stringContaining('its table tips is gone')])
  expect(journal.repositories()).toEqual([repository])
})

test('a log that is none is a damage, and what was written before it is kept', () => {
  journal.register(repository)
  journal.close()
  writeFileSync(`${file}-wal`, 'rows that nobody can read any more '.repeat(100))
  const details: string[] = []
  journal = openJournal(file, (detail) => details.push(detail))
  expect(details).toEqual([expect.stringContaining('write-ahead log')])
  expect(journal.repositories()).toEqual([repository])
  expect(readdirSync(join(file, '..'))).toContain('journal.db.damaged.1-wal')
})

test('a log that was cut off is told of, and one that a crash left whole is not', () => {
  journal.register(repository)
  for (let commits = 1; commits <= 20; commits++) journal.append([remembered(commits)], noon)
  /** Copies the files as a killed daemon leaves them. */
  const left = (name: string) => {
    const copy = `${file}.${name}`
    for (const suffix of ['', '-wal', '-shm']) copyFileSync(file + suffix, copy + suffix)
    return copy
  }
  const [whole, cut] = [left('whole'), left('cut')]
  truncateSync(`${cut}-wal`, statSync(`${cut}-wal`).size / 2)
  const details: string[] = []
  for (const copy of [whole, cut]) {
    const found = openJournal(copy, (detail) => details.push(`${copy}: ${detail}`))
    expect(found.since(0, 100).length === 20).toBe(copy === whole)
    found.close()
  }
  expect(details).toEqual([expect.stringContaining(`${cut}: The end of the journal’s log is gone`)])
})

test('a journal that a crash left empty is as good as none', () => {
  journal.close()
  truncateSync(file, 0)
  journal = openJournal(file, unexpected)
  expect(journal.append([remembered(1)], noon)[0]?.seq).toBe(1)
})

function reopened(onHealed: (detail: string) => void): Journal {
  journal.close()
  return openJournal(file, onHealed)
}
