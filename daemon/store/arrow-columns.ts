import type { RecordBatch, Table } from 'apache-arrow'
import type { Signature } from '../../contract/commit.ts'
import { parseMessageText } from './message-text.ts'
import { parseChanges, parseCounts, parseLines } from './row-text.ts'
import type { DetailRow, EpisodeFacts, EpisodeRow, PassageRow } from './store.ts'

/** Rows as the native library returns them. */
export type Rows = Table | RecordBatch

/** A row and its number. */
export interface Numbered<T> {
  readonly number: number
  readonly row: T
}

/** Columns that an episode is read from. */
export const episodeColumns = [
  'number oid tree parents message changes paths links redactions',
  'authorName authorEmail authorTime authorZone',
  'committerName committerEmail committerTime committerZone',
].flatMap((names) => names.split(' '))

/** Returns the episodes of these rows. */
export function readEpisodes(rows: Rows): Numbered<EpisodeRow>[] {
  const number = numbersOf(rows, 'number')
  const [oid, tree, parents] = [textsOf(rows, 'oid'), textsOf(rows, 'tree'), textsOf(rows, 'parents')]
  const [message, changes, paths] = [
    textsOf(rows, 'message'),
    textsOf(rows, 'changes'),
    textsOf(rows, 'paths'),
  ]
  const [author, committer] = [signaturesOf(rows, 'author'), signaturesOf(rows, 'committer')]
  const [links, redactions] = [textsOf(rows, 'links'), numbersOf(rows, 'redactions')]
  return range(rows, (index) => ({
    number: number(index),
    row: {
      oid: oid(index),
      tree: tree(index),
      parents: words(parents(index)),
      author: author(index),
      committer: committer(index),
      message: parseMessageText(message(index)),
      changes: parseChanges(changes(index), paths(index)),
      redactions: redactions(index),
      links: links(index),
    },
  }))
}

/** Columns that a headline is read from. */
export const headlineColumns = ['number', 'message']

/** Returns the messages of these rows. */
export function readMessages(rows: Rows): Numbered<string>[] {
  const [number, message] = [numbersOf(rows, 'number'), textsOf(rows, 'message')]
  return range(rows, (index) => ({ number: number(index), row: parseMessageText(message(index)) }))
}

/** Columns that an episode's facts are read from. The subject has its own, because messages are ten times as much. */
export const factColumns =
  'number oid parents subject changes paths links authorName authorEmail authorTime authorZone committerTime'.split(
    ' ',
  )

/** Returns the facts of these rows. */
export function readFacts(rows: Rows): Numbered<EpisodeFacts>[] {
  const number = numbersOf(rows, 'number')
  const [oid, parents] = [textsOf(rows, 'oid'), textsOf(rows, 'parents')]
  const [subject, changes, paths] = [
    textsOf(rows, 'subject'),
    textsOf(rows, 'changes'),
    textsOf(rows, 'paths'),
  ]
  const links = textsOf(rows, 'links')
  const [name, email] = [textsOf(rows, 'authorName'), textsOf(rows, 'authorEmail')]
  const [authorTime, authorZone] = [numbersOf(rows, 'authorTime'), numbersOf(rows, 'authorZone')]
  const committerTime = numbersOf(rows, 'committerTime')
  return range(rows, (index) => ({
    number: number(index),
    row: {
      oid: oid(index),
      parents: words(parents(index)),
      authorName: name(index),
      authorEmail: email(index),
      authorTime: authorTime(index),
      authorZone: authorZone(index),
      committerTime: committerTime(index),
      subject: subject(index),
      links: links(index),
      paths: parseLines(paths(index)).slice(0, changes(index).length),
    },
  }))
}

/** Columns that details are read from. */
export const detailColumns = ['number', 'oid', 'counts', 'symbols', 'patchId', 'tokens', 'redactions']

/** Returns the details of these rows. */
export function readDetails(rows: Rows): Numbered<DetailRow>[] {
  const number = numbersOf(rows, 'number')
  const [oid, counts] = [textsOf(rows, 'oid'), textsOf(rows, 'counts')]
  const [symbols, patchId] = [textsOf(rows, 'symbols'), textsOf(rows, 'patchId')]
  const [tokens, redactions] = [numbersOf(rows, 'tokens'), numbersOf(rows, 'redactions')]
  return range(rows, (index) => ({
    number: number(index),
    row: {
      oid: oid(index),
      counts: parseCounts(counts(index)),
      symbols: parseLines(symbols(index)),
      tokens: tokens(index),
      redactions: redactions(index),
      patchId: patchId(index) || undefined,
    },
  }))
}

/** Where a passage is. */
export type Place = Pick<PassageRow, 'path' | 'startLine' | 'endLine'> & { readonly ordinal: number }

/** Columns that a passage's place is read from. */
export const placeColumns = ['number', 'ordinal', 'path', 'startLine', 'endLine']

/** Returns the places of these passages. */
export function readPlaces(rows: Rows): Numbered<Place>[] {
  const [number, ordinal] = [numbersOf(rows, 'number'), numbersOf(rows, 'ordinal')]
  const path = textsOf(rows, 'path')
  const [startLine, endLine] = [numbersOf(rows, 'startLine'), numbersOf(rows, 'endLine')]
  return range(rows, (index) => ({
    number: number(index),
    row: { ordinal: ordinal(index), path: path(index), startLine: startLine(index), endLine: endLine(index) },
  }))
}

/** Returns what `make` makes of each row's index. */
export function range<T>(rows: Rows, make: (index: number) => T): T[] {
  return Array.from({ length: rows.numRows }, (_, index) => make(index))
}

/** Returns a column's texts, by row. */
export function textsOf(rows: Rows, name: string): (index: number) => string {
  const get = valuesOf(rows, name)
  return (index) => {
    const value = get(index)
    if (typeof value === 'string') return value
    throw new Error(`The column ${name} holds ${typeof value} instead of text.`)
  }
}

/** Returns a column's numbers, by row. */
export function numbersOf(rows: Rows, name: string): (index: number) => number {
  const get = valuesOf(rows, name)
  return (index) => {
    const value = get(index)
    if (typeof value === 'number' || typeof value === 'bigint') return Number(value)
    throw new Error(`The column ${name} holds ${typeof value} instead of a number.`)
  }
}

function valuesOf(rows: Rows, name: string): (index: number) => unknown {
  const column = rows.getChild(name)
  // An answer without rows may come without columns.
  if (column === null && rows.numRows > 0) throw new Error(`The column ${name} is missing.`)
  return (index) => column?.get(index)
}

function signaturesOf(rows: Rows, who: string): (index: number) => Signature {
  const [name, email] = [textsOf(rows, `${who}Name`), textsOf(rows, `${who}Email`)]
  const [time, zone] = [numbersOf(rows, `${who}Time`), numbersOf(rows, `${who}Zone`)]
  return (index) => ({ name: name(index), email: email(index), time: time(index), zone: zone(index) })
}

function words(text: string): string[] {
  return text === '' ? [] : text.split(' ')
}
