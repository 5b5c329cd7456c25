import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { stateFolders, type StateFolders } from '../../../contract/state.ts'
import { finishRestore } from '../../../daemon/backup/finish.ts'
import { restoreBackup, verifyBackup } from '../../../daemon/backup/restore.ts'
import { writeBackup } from '../../../daemon/backup/write.ts'
import { openJournal } from '../../../daemon/store/journal.ts'
import { listOf, manifestOf, writeArchive, type Entry } from './archives.ts'

const forever = new AbortController().signal
const now = () => Date.UTC(2026, 0, 2, 12)
let home: string
let folders: StateFolders
let archive: string

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'backup-'))
  folders = stateFolders({ AIOS_HOME: join(home, 'aios') })
  archive = join(home, 'archive.tar.gz')
  mkdirSync(folders.state, { recursive: true })
})

const restore = () => restoreBackup(archive, { folders, prepare: () => {}, now }, forever)

/** Fills the home with something of everything, and backs it up. */
async function backedUp(full: boolean) {
  const journal = openJournal(join(folders.state, 'journal.sqlite'), (detail) => expect.fail(detail))
  journal.register({ id: 'tide', path: '/tide', gitDir: '', commonDir: '', addedAt: 1, state: '' })
  journal.setTips('tide', new Map([['main', 'a'.repeat(40)]]))
  journal.plugins.set({ repository: '', plugin: 'secrets', isEnabled: true, mode: 'enforce', config: '{}' })
  const memory = join(folders.state, 'repositories', 'tide')
  mkdirSync(join(memory, 'seals'), { recursive: true })
  mkdirSync(join(memory, 'quarantine'), { recursive: true })
  writeFileSync(join(memory, 'rows.lance'), 'r'.repeat(300_000))
  writeFileSync(join(memory, 'seals', 'rows'), '1 2 rows.lance\n')
  writeFileSync(join(memory, 'quarantine', 'old'), 'damaged')
  writeFileSync(join(folders.state, 'audit.ndjson'), 'chain\n')
  mkdirSync(join(home, 'aios', 'plugins', 'tides'), { recursive: true })
  writeFileSync(join(home, 'aios', 'plugins', 'tides', 'plugin.json'), '{}')
  writeFileSync(folders.configFile, 'recall: {limit: 3}\n')
  const parts = {
    folders,
    copyJournal: journal.copyTo,
    memories: () => [{ id: 'tide', folder: memory, whileStill: (work: () => Promise<void>) => work() }],
    version: '1.2.3',
    now,
  }
  const answer = await writeBackup(archive, full, parts, forever)
  journal.close()
  return answer
}

/** Puts something else in the place of everything. */
function overwrite(): void {
  for (const name of readdirSync(folders.state)) renameSync(join(folders.state, name), join(home, name))
  const journal = openJournal(join(folders.state, 'journal.sqlite'), (detail) => expect.fail(detail))
  journal.close()
  writeFileSync(folders.configFile, 'recall: {limit: 9}\n')
}

function tipsAndSettings() {
  const journal = openJournal(join(folders.state, 'journal.sqlite'), (detail) => expect.fail(detail))
  const found = {
    ids: journal.repositories().map(({ id }) => id),
    tips: journal.tips('tide').size,
    settings: journal.plugins.settings().length,
  }
  journal.close()
  return found
}

test('a backup brings back registrations, settings, plugins and the audit chain; memories are read again', async () => {
  const written = await backedUp(false)
  expect(written).toMatchObject({ path: archive, full: false, files: 4 })
  expect(statSync(archive).mode & 0o777).toBe(0o600)
  expect(readdirSync(folders.state).filter((name) => name.startsWith('backup-'))).toEqual([])
  overwrite()

  const restored = await restore()
  expect(restored).toMatchObject({ restored: true, version: '1.2.3', files: 4 })
  expect(tipsAndSettings()).toEqual({ ids: ['tide'], tips: 0, settings: 1 })
  expect(readFileSync(join(folders.state, 'audit.ndjson'), 'utf8')).toBe('chain\n')
  expect(existsSync(join(folders.state, 'repositories'))).toBe(false)
  expect(readFileSync(folders.configFile, 'utf8')).toContain('limit: 3')
  expect(existsSync(join(home, 'aios', 'plugins', 'tides', 'plugin.json'))).toBe(true)
  const [before = '', ...settings] = restored.kept
  expect(existsSync(join(before, 'journal.sqlite'))).toBe(true)
  const aside = settings.find((path) => path.includes('config.yaml')) ?? ''
  expect(readFileSync(aside, 'utf8')).toBe('recall: {limit: 9}\n')
})

test('a full backup takes the memories along, without what could not be read', async () => {
  await backedUp(true)
  overwrite()
  await restore()
  expect(tipsAndSettings().tips).toBe(1)
  const memory = join(folders.state, 'repositories', 'tide')
  expect(readdirSync(memory).toSorted()).toEqual(['rows.lance', 'seals'])
  expect(readFileSync(join(memory, 'rows.lance'), 'utf8')).toBe('r'.repeat(300_000))
})

test('an archive is never written over', async () => {
  writeFileSync(archive, 'precious')
  await expect(backedUp(false)).rejects.toMatchObject({ code: 'file.exists' })
  expect(readFileSync(archive, 'utf8')).toBe('precious')
  archive = join(home, 'nowhere', 'archive.tar.gz')
  await expect(backedUp(false)).rejects.toMatchObject({ code: 'file.unwritable' })
})

test('an archive that is cut short, changed or of something else is refused, and nothing is changed', async () => {
  await backedUp(true)
  const whole = readFileSync(archive)
  const state = () => readdirSync(home, { recursive: true }).map(String).toSorted()
  const before = state()
  for (const length of [0, 10, 600, whole.length >> 1, whole.length - 1]) {
    writeFileSync(archive, whole)
    truncateSync(archive, length)
    await expect(restore()).rejects.toMatchObject({ code: 'backup.unreadable' })
  }
  for (const at of [20, 200, whole.length >> 1]) {
    const flipped = Buffer.from(whole)
    flipped.writeUInt8((whole[at] ?? 0) ^ 1, at)
    writeFileSync(archive, flipped)
    await expect(restore()).rejects.toMatchObject({ code: 'backup.unreadable' })
  }
  writeFileSync(archive, whole)
  expect(state()).toEqual(before)
  expect(await verifyBackup(archive, forever)).toMatchObject({ restored: false, full: true })
  expect(state()).toEqual(before)
})

const journal: Entry = { path: 'state/journal.sqlite', text: 'rows' }
const refused: Record<string, readonly Entry[]> = {
  'a path that climbs': [{ path: 'state/repositories/tide/../../../../climbed', text: 'x' }],
  'a path that climbs out of plugins': [{ path: 'config/plugins/../../../climbed', text: 'x' }],
  'a whole path': [{ path: '/tmp/climbed', text: 'x' }],
  'a place that is none of ours': [{ path: 'state/hooks/sign', text: 'x' }],
  'another place for settings': [{ path: 'config/other.yaml', text: 'x' }],
  'a symbolic link': [
    { path: 'state/audit.ndjson', text: '', type: 'SymbolicLink', linkpath: '/etc/passwd' },
  ],
  'a hard link': [{ path: 'state/audit.ndjson', text: '', type: 'Link', linkpath: '/etc/passwd' }],
  'a folder in the place of a file': [{ path: 'state/audit.ndjson/', text: '', type: 'Directory' }],
  'a pipe': [{ path: 'state/audit.ndjson', text: '', type: 'FIFO' }],
}

test.each(Object.keys(refused))('an archive with %s is refused', async (name) => {
  const entries = refused[name] ?? []
  writeArchive(archive, [manifestOf(listOf([journal, ...entries])), journal, ...entries])
  await expect(restore()).rejects.toMatchObject({ code: 'backup.unreadable' })
  expect(existsSync(join(home, 'climbed'))).toBe(false)
  expect(readdirSync(folders.state)).toEqual([])
})

test('what the list of files does not say, or says otherwise, is refused', async () => {
  const audit: Entry = { path: 'state/audit.ndjson', text: 'chain\n' }
  const list = manifestOf(listOf([journal, audit]))
  const wrong: readonly (readonly Entry[])[] = [
    [journal, audit],
    [list, journal],
    [list, journal, audit, audit],
    [list, journal, { ...audit, text: 'chaim\n' }],
    [list, journal, { ...audit, text: 'chain\nmore' }],
    [manifestOf(listOf([journal])), journal, audit],
    [{ path: 'manifest.json', text: '{"format":1}' }],
    [{ path: 'manifest.json', text: 'no json' }],
  ]
  for (const entries of wrong) {
    writeArchive(archive, entries)
    await expect(verifyBackup(archive, forever)).rejects.toMatchObject({ code: 'backup.unreadable' })
  }
  writeArchive(archive, [list, journal, audit])
  expect(await verifyBackup(archive, forever)).toMatchObject({ files: 2, version: '9.9.9' })
  writeArchive(archive, [manifestOf([], 2)])
  await expect(verifyBackup(archive, forever)).rejects.toMatchObject({ code: 'backup.newer' })
})

test('a restore that died between its two names is finished by whoever starts next', async () => {
  await backedUp(false)
  overwrite()
  const dies = { folders, now, prepare: () => {} }
  await restoreBackup(archive, dies, forever)
  // As it was in the moment between: the new state waits under its other name, and a log was begun meanwhile.
  renameSync(folders.state, `${folders.state}.restored`)
  mkdirSync(join(folders.state, 'logs'), { recursive: true })
  mkdirSync(join(`${folders.state}.restored`, 'restored-config'))
  writeFileSync(join(`${folders.state}.restored`, 'restored-config', 'config.yaml'), 'recall: {limit: 5}\n')

  finishRestore(folders)
  expect(tipsAndSettings().ids).toEqual(['tide'])
  expect(readFileSync(folders.configFile, 'utf8')).toContain('limit: 5')
  finishRestore(folders)
  expect(tipsAndSettings().ids).toEqual(['tide'])
})

test('a restore that died before anything was renamed has changed nothing', async () => {
  await backedUp(false)
  mkdirSync(`${folders.state}.restored`)
  finishRestore(folders)
  expect(tipsAndSettings().ids).toEqual(['tide'])
})
