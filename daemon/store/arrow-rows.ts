import {
  Float16,
  makeData,
  RecordBatch,
  Struct,
  Table,
  Utf8,
  vectorFromArray,
  type Data,
  type Schema,
} from 'apache-arrow'
import type { Signature } from '../../contract/commit.ts'
import { toFloat16 } from './float16.ts'
import { subjectOf } from './facts.ts'
import { messageText } from './message-text.ts'
import { changesText, countsText, linesText } from './row-text.ts'
import type { DetailRow, EpisodeRow, PassageRow } from './store.ts'

type Columns = Readonly<Record<string, Data>>

/** Returns episodes as a table, numbered from `first` on. */
export function episodeBatch(schema: Schema, rows: readonly EpisodeRow[], first: number): Table {
  const changes = rows.map((row) => changesText(row.changes))
  return batch(schema, rows.length, {
    number: integers(rows.map((_, index) => first + index)),
    oid: texts(rows.map((row) => row.oid)),
    tree: texts(rows.map((row) => row.tree)),
    parents: texts(rows.map((row) => row.parents.join(' '))),
    subject: texts(rows.map((row) => subjectOf(row.message))),
    message: texts(rows.map((row) => messageText(row.message))),
    changes: texts(changes.map(({ letters }) => letters)),
    paths: texts(changes.map(({ paths }) => paths)),
    links: texts(rows.map((row) => row.links)),
    ...signatures(
      'author',
      rows.map((row) => row.author),
    ),
    ...signatures(
      'committer',
      rows.map((row) => row.committer),
    ),
    redactions: integers(rows.map((row) => row.redactions)),
  })
}

/** A details row with the number of passages that belong to it. */
export interface CountedDetail {
  readonly row: DetailRow
  readonly passages: number
}

/** Returns details as a table, numbered from `first` on. */
export function detailBatch(schema: Schema, details: readonly CountedDetail[], first: number): Table {
  const rows = details.map(({ row }) => row)
  return batch(schema, rows.length, {
    number: integers(rows.map((_, index) => first + index)),
    oid: texts(rows.map((row) => row.oid)),
    counts: texts(rows.map((row) => countsText(row.counts))),
    symbols: texts(rows.map((row) => linesText(row.symbols))),
    patchId: texts(rows.map((row) => row.patchId ?? '')),
    patchHash: integers(rows.map((row) => patchHash(row.patchId ?? ''))),
    tokens: integers(rows.map((row) => row.tokens)),
    redactions: integers(rows.map((row) => row.redactions)),
    passages: integers(details.map(({ passages }) => passages)),
  })
}

/** Returns the number that a patch id is looked up by; two may share one. */
export function patchHash(patchId: string): number {
  return Number.parseInt(patchId.slice(0, 8), 16) >>> 0
}

/** A passage with the number of the details row it is written for. */
export interface NumberedPassage {
  readonly row: PassageRow
  readonly number: number
  readonly ordinal: number
}

/** Returns passages as a table. */
export function passageBatch(
  schema: Schema,
  passages: readonly NumberedPassage[],
  dimensions: number,
): Table {
  const rows = passages.map(({ row }) => row)
  return batch(schema, rows.length, {
    number: integers(passages.map(({ number }) => number)),
    ordinal: integers(passages.map(({ ordinal }) => ordinal)),
    startLine: integers(rows.map((row) => row.startLine)),
    endLine: integers(rows.map((row) => row.endLine)),
    path: texts(rows.map((row) => row.path)),
    terms: texts(rows.map((row) => row.terms)),
    vector: vectors(schema, rows, dimensions),
  })
}

function batch(schema: Schema, length: number, columns: Columns): Table {
  const children = schema.fields.map(({ name }) => {
    const column = columns[name]
    if (column === undefined) throw new Error(`The column ${name} was not filled.`)
    return column
  })
  const struct = makeData({ type: new Struct(schema.fields), length, children })
  return new Table(schema, [new RecordBatch(schema, struct)])
}

function signatures(who: string, people: readonly Signature[]): Columns {
  return {
    [`${who}Name`]: texts(people.map(({ name }) => name)),
    [`${who}Email`]: texts(people.map(({ email }) => email)),
    [`${who}Time`]: only(vectorFromArray(BigInt64Array.from(people, ({ time }) => BigInt(whole(time))))),
    [`${who}Zone`]: only(vectorFromArray(Int32Array.from(people, ({ zone }) => zone))),
  }
}

/** Dates in commits may be anything; what is no number at all becomes the epoch. */
function whole(value: number): number {
  if (!Number.isFinite(value)) return 0
  return Math.trunc(Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, value)))
}

function texts(values: readonly string[]): Data {
  return only(vectorFromArray(values, new Utf8()))
}

function integers(values: readonly number[]): Data {
  return only(vectorFromArray(Uint32Array.from(values)))
}

function vectors(schema: Schema, rows: readonly PassageRow[], dimensions: number): Data {
  const bits = new Uint16Array(rows.length * dimensions)
  for (const [index, row] of rows.entries()) toFloat16(row.vector, bits, index * dimensions)
  const type = schema.fields.find(({ name }) => name === 'vector')?.type
  if (type === undefined) throw new Error('The table has no column of vectors.')
  const child = makeData({ type: new Float16(), length: bits.length, data: bits })
  return makeData({ type, length: rows.length, child })
}

function only(vector: { readonly data: readonly Data[] }): Data {
  const [data] = vector.data
  if (data === undefined || vector.data.length !== 1) throw new Error('A column was built in pieces.')
  return data
}
