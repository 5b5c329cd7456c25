import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import type { AuditEntry } from '../../../contract/audit.ts'
import { openAudit, type Audit } from '../../../daemon/audit/audit.ts'

const noon = Date.UTC(2026, 0, 2, 12)
const forever = new AbortController().signal
let file: string
let troubles: unknown[]

beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'audit-')), 'state', 'audit.ndjson')
  troubles = []
})

function opened(): Audit {
  return openAudit({ file, now: () => noon, onTrouble: (error) => void troubles.push(error) })
}

function record(audit: Audit, subject: string): void {
  audit.record({ kind: 'hook.verdict', actor: 'secrets', subject, decision: 'deny', detail: 'a\nb' })
}

/** Returns a chain of five decisions, closed, and its lines. */
function five(): string[] {
  const audit = opened()
  for (const number of [1, 2, 3, 4, 5]) record(audit, `tide-${number}`)
  audit.close()
  return readFileSync(file, 'utf8').split(/(?<=\n)/)
}

/** Returns the entries after the fourth. */
async function all(audit: Audit): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = []
  for await (const entry of audit.entries(4, forever)) entries.push(entry)
  return entries
}

async function verdictOf(lines: readonly string[], head?: { seq: number; hash: string }) {
  writeFileSync(file, lines.join(''))
  const audit = opened()
  const verdict = await audit.verify(head, forever)
  audit.close()
  return verdict
}

test('a chain is whole when it is opened again and goes on where it ended', async () => {
  five()
  const audit = opened()
  record(audit, 'tide-6')
  expect(audit.head().seq).toBe(6)
  expect(await audit.verify(undefined, forever)).toEqual({ whole: true, entries: 6, head: audit.head() })
  const subjects = (await all(audit)).map(({ subject }) => subject)
  expect(subjects).toEqual(['tide-5', 'tide-6'])
  expect(statSync(file).mode & 0o777).toBe(0o600)
  audit.close()
  expect(troubles).toEqual([])
})

test('a chain of nothing is whole', async () => {
  const audit = opened()
  expect(await audit.verify(undefined, forever)).toMatchObject({ whole: true, entries: 0, head: { seq: 0 } })
  audit.close()
})

test('the first entry that was changed, removed, added, moved or doubled is named', async () => {
  const [one = '', two = '', three = '', four = '', last = ''] = five()
  const broken = async (lines: readonly string[]) => (await verdictOf(lines)).broken
  expect(await broken([one, two.replace('tide-2', 'tide-9'), three])).toMatchObject({ line: 2, seq: 2 })
  expect(await broken([one, two.replace('deny', 'allow'), three])).toMatchObject({ line: 2, seq: 2 })
  expect(await broken([one, three, four])).toMatchObject({ line: 2, seq: 3 })
  expect(await broken([two, three])).toMatchObject({ line: 1, seq: 2 })
  expect(await broken([one, three, two, four])).toMatchObject({ line: 2, seq: 3 })
  expect(await broken([one, one, two])).toMatchObject({ line: 2, seq: 1 })
  expect(await broken([one, 'not json\n', two])).toMatchObject({ line: 2, reason: 'it is no entry' })
  expect(await broken([one, `${'x'.repeat(200_000)}\n`, two])).toMatchObject({ line: 2 })
  expect(await broken([one, two.replace('{', '{ '), three])).toMatchObject({ line: 2 })
  expect(await broken([one, two, three, four, last])).toBeUndefined()
})

test('an entry cannot be changed and hashed anew without the next one telling', async () => {
  const [one = '', , three = ''] = five()
  const other = join(mkdtempSync(join(tmpdir(), 'audit-')), 'audit.ndjson')
  writeFileSync(other, one)
  const forger = openAudit({ file: other, now: () => noon, onTrouble: () => {} })
  record(forger, 'forged')
  forger.close()
  const forged = readFileSync(other, 'utf8').split(/(?<=\n)/)[1] ?? ''
  expect((await verdictOf([one, forged, three])).broken).toMatchObject({ line: 3, seq: 3 })
})

test('that the end was cut off, or written anew, is told by a head from before', async () => {
  const lines = five()
  const audit = opened()
  const head = audit.head()
  audit.close()
  expect((await verdictOf(lines.slice(0, 3))).whole).toBe(true)
  expect((await verdictOf(lines.slice(0, 3), head)).broken).toMatchObject({ line: 4, seq: 4 })
  expect((await verdictOf([], head)).broken).toMatchObject({ line: 1 })
  const fresh = opened()
  for (const number of [1, 2, 3, 4, 5]) record(fresh, `other-${number}`)
  expect((await fresh.verify(head, forever)).broken).toMatchObject({ line: 5, seq: 5 })
  fresh.close()
})

test('an entry that was cut short is taken away, and the chain says so and goes on', async () => {
  const lines = five()
  truncateSync(file, statSync(file).size - 10)
  const audit = opened()
  expect(troubles).toHaveLength(1)
  record(audit, 'tide-6')
  expect(await audit.verify(undefined, forever)).toMatchObject({ whole: true, entries: 6 })
  const [mended] = await all(audit)
  expect(mended).toMatchObject({ kind: 'audit', decision: 'mended' })
  expect(mended?.detail).toContain(`${(lines[4] ?? '').length - 10} bytes`)
  audit.close()
})

test('a last line that is no entry stays, and is what verification names', async () => {
  five()
  appendFileSync(file, 'garbage\n')
  const audit = opened()
  record(audit, 'tide-6')
  expect((await audit.verify(undefined, forever)).broken).toMatchObject({ line: 6, reason: 'it is no entry' })
  expect(readFileSync(file, 'utf8')).toContain('garbage\n')
  audit.close()
})

test('what was recorded is there when the process is killed', async () => {
  const program = `
    import { openAudit } from '${resolve('daemon/audit/audit.ts')}'
    const audit = openAudit({ file: process.argv[1], now: Date.now, onTrouble(error) { throw error } })
    for (let count = 1; ; count++) {
      const keep = count % 2 === 0 ? audit.record : audit.recordSoon
      keep({ kind: 'login', actor: 'ada', subject: 'http', decision: String(count) })
      process.stdout.write(count + '\\n')
      await new Promise(setImmediate)
    }`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
    if (said.split('\n').length > 50) child.kill('SIGKILL')
  })
  await once(child, 'close')
  const acknowledged = said.split('\n').length - 1
  const audit = opened()
  const verdict = await audit.verify(undefined, forever)
  expect(verdict.whole).toBe(true)
  expect(verdict.entries).toBeGreaterThanOrEqual(acknowledged)
  audit.close()
})
