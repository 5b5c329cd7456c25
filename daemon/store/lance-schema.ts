import { Field, FixedSizeList, Float16, Int32, Int64, Schema, Uint32, Utf8 } from 'apache-arrow'

/** The name of a table. */
type TableName = 'episodes' | 'details' | 'passages'

/** How a column is indexed. All fold endings; `prose` and `paths` are split into words and fold case, `terms` is split already. */
export type IndexKind = 'numbers' | 'prose' | 'paths' | 'terms'

/** A table's columns and indexes. */
export interface TableShape {
  /** What its folder is called. */
  readonly name: string
  readonly schema: Schema
  readonly indexes: Readonly<Record<string, IndexKind>>
  /** What of the indexes may be kept in memory. Less makes searches slower, first of all those of many words. */
  readonly cacheBytes: number
}

const mebibyte = 1024 * 1024

/**
 * Returns the shape of each table.
 *
 * A row's `number` is given when it is written and never again, so a commit that is written anew has a higher
 * one. Only the highest counts: rows are added first and their elders removed afterwards, and a crash in between
 * leaves nothing but rows that nobody sees. Passages carry the number of the details row they were written for.
 */
export function tableShapes(dimensions: number): Readonly<Record<TableName, TableShape>> {
  const columns = {
    episodes: [
      integer('number'),
      ...['oid', 'tree', 'parents', 'subject', 'message', 'changes', 'paths', 'links'].map(text),
      ...['author', 'committer'].flatMap(signature),
      integer('redactions'),
    ],
    details: [
      integer('number'),
      ...['oid', 'counts', 'symbols', 'patchId'].map(text),
      ...['patchHash', 'tokens', 'redactions', 'passages'].map(integer),
    ],
    passages: [
      ...['number', 'ordinal', 'startLine', 'endLine'].map(integer),
      ...['path', 'terms'].map(text),
      new Field('vector', new FixedSizeList(dimensions, new Field('item', new Float16(), true)), false),
    ],
  }
  return {
    episodes: shape('episodes', columns.episodes, 24, {
      number: 'numbers',
      message: 'prose',
      paths: 'paths',
    }),
    details: shape('details', columns.details, 8, { number: 'numbers', patchHash: 'numbers' }),
    passages: shape('passages', columns.passages, 48, { number: 'numbers', terms: 'terms' }),
  }
}

function shape(
  name: TableName,
  fields: Field[],
  cacheMebibytes: number,
  indexes: Record<string, IndexKind>,
): TableShape {
  return { name, schema: new Schema(fields), indexes, cacheBytes: cacheMebibytes * mebibyte }
}

function signature(who: string): Field[] {
  return [
    text(`${who}Name`),
    text(`${who}Email`),
    new Field(`${who}Time`, new Int64(), false),
    new Field(`${who}Zone`, new Int32(), false),
  ]
}

/**
 * Texts are compressed by the block. Left to itself, the library compresses the longer ones each by itself, which
 * took a third more of the disk and seven hundred milliseconds to scan a column of 82,000 in place of thirty.
 */
const textEncoding = new Map([
  ['lance-encoding:compression', 'zstd'],
  ['lance-encoding:structural-encoding', 'miniblock'],
])

function text(name: string): Field {
  return new Field(name, new Utf8(), false, textEncoding)
}

function integer(name: string): Field {
  return new Field(name, new Uint32(), false)
}
