import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Table } from '@lancedb/lancedb'
import { Field, Schema, Uint32, Utf8 } from 'apache-arrow'
import { expect, onTestFinished, test } from 'vitest'
import { numbersOf } from '../../../daemon/store/arrow-columns.ts'
import { createKnownRows } from '../../../daemon/store/known-rows.ts'
import { connect } from '../../../daemon/store/lance.ts'

test('rows are known by their addresses, those too that are added later', async () => {
  const table = await openTable()
  const known = createKnownRows(table, { integers: ['number', 'line'], text: 'path' })
  await put(table, [1, 2])
  const first = await addressesIn(table)
  expect(await valuesAt(known, first)).toEqual(['1 10 a/1', '2 20 a/2'])
  expect(known.addressOf(2)).toBe(first[1])

  await put(table, [3])
  expect(await valuesAt(known, await addressesIn(table))).toEqual(['1 10 a/1', '2 20 a/2', '3 30 a/3'])
  expect(known.addressOf(4)).toBeUndefined()
})

test('rows that compaction moved are known by where they are then', async () => {
  const table = await openTable()
  const known = createKnownRows(table, { integers: ['number', 'line'], text: 'path' })
  for (const number of [1, 2, 3]) await put(table, [number])
  const before = await addressesIn(table)
  await known.at(before)
  await table.delete('number = 2')
  await table.optimize()
  const after = await addressesIn(table)
  expect(after.filter((address) => before.includes(address))).toEqual([])
  expect(await valuesAt(known, after)).toEqual(['1 10 a/1', '3 30 a/3'])
  expect(known.addressOf(3)).toBe(after[1])
})

test('nothing is known of an address at which nothing stands', async () => {
  const table = await openTable()
  await put(table, [1])
  const known = createKnownRows(table, { integers: ['number', 'line'], text: 'path' })
  const [address = 0] = await addressesIn(table)
  expect(await known.at([address + 1, 2 ** 40, address])).toMatchObject([
    undefined,
    undefined,
    { text: 'a/1' },
  ])
  expect(await createKnownRows(table, { integers: ['number'] }).at([])).toEqual([])
})

const schema = new Schema([
  new Field('number', new Uint32(), false),
  new Field('line', new Uint32(), false),
  new Field('path', new Utf8(), false),
])

async function openTable(): Promise<Table> {
  const database = await connect(mkdtempSync(join(tmpdir(), 'known-rows-')), 1024 * 1024)
  const table = await database.createEmptyTable('rows', schema)
  onTestFinished(() => {
    table.close()
    database.close()
  })
  return table
}

async function put(table: Table, numbers: readonly number[]): Promise<void> {
  await table.add(numbers.map((number) => ({ number, line: number * 10, path: `a/${number}` })))
}

/** Returns the addresses of all rows, by number. */
async function addressesIn(table: Table): Promise<number[]> {
  const rows = await table.query().select(['number']).withRowId().toArrow()
  const [number, address] = [numbersOf(rows, 'number'), numbersOf(rows, '_rowid')]
  const found = Array.from({ length: rows.numRows }, (_, row) => ({
    number: number(row),
    address: address(row),
  }))
  return found.toSorted((a, b) => a.number - b.number).map(({ address }) => address)
}

async function valuesAt(
  known: ReturnType<typeof createKnownRows>,
  addresses: readonly number[],
): Promise<(string | undefined)[]> {
  const rows = await known.at(addresses)
  return rows.map((row) => row && `${row.integers[0]} ${row.integers[1]} ${row.text}`)
}
