import { createHash } from 'node:crypto'
import { hashOf } from './ascii-words.ts'
import { eachRow, rowOf } from './term-rows.ts'
import { termsOf } from './tokenise.ts'

/** What there is to learn from: of each commit its subject, its message and its passages, as rows of the table. */
export interface Lessons {
  /** How many commits. */
  readonly count: number
  /** The rows of all texts, one text after the other. */
  readonly rows: Uint16Array
  /** Where each text begins, and where the last one ends. */
  readonly starts: Uint32Array
  /** The first text of each commit: its subject, then its message, then its passages; and where the last one ends. */
  readonly firsts: Uint32Array
  /** Equal for commits whose subjects are: the one is no wrong answer to the other. */
  readonly subjects: Int32Array
  /** Differs when anything else does. */
  readonly fingerprint: string
}

/** Takes lessons in any order. */
export interface LessonBook {
  addMessages(oids: readonly string[], messages: readonly string[]): void
  /** Adds passages of commits whose messages were added; others are left out. Terms are joined by spaces. */
  addPassages(oids: readonly string[], ordinals: Uint32Array, terms: readonly string[]): void
  /** Returns the lessons: the same for the same commits, in whatever order they came. */
  lessons(): Lessons
}

/** Of one commit no more passages than these: a sweep over all files teaches nothing about its message. */
const mostPassages = 32
const mostTermsOfMessage = 200
// People and tools sign below the text; who signs says nothing about what was changed.
const trailer = /^[A-Z][A-Za-z-]{1,40}(?:-by|-id|-Id): .*$|^Cc: .*$/gm

interface Page {
  readonly oid: string
  readonly subject: readonly number[]
  readonly message: readonly number[]
  readonly passages: { readonly ordinal: number; readonly rows: Uint16Array }[]
}

/** Creates a book without lessons. */
export function createLessonBook(): LessonBook {
  const pages = new Map<string, Page>()
  return {
    addMessages(oids, messages) {
      for (const [index, oid] of oids.entries()) pages.set(oid, pageOf(oid, messages[index] ?? ''))
    },

    addPassages(oids, ordinals, terms) {
      for (const [index, oid] of oids.entries()) {
        const passages = pages.get(oid)?.passages
        const ordinal = ordinals[index] ?? 0
        if (passages === undefined || ordinal >= mostPassages) continue
        passages.push({ ordinal, rows: rowsOf(terms[index] ?? '') })
      }
    },

    lessons: () =>
      bind([...pages.values()].filter(({ subject, passages }) => subject.length > 0 && passages.length > 0)),
  }
}

function pageOf(oid: string, message: string): Page {
  const [subject = ''] = message.split('\n', 1)
  const terms = termsOf(message.replace(trailer, '')).slice(0, mostTermsOfMessage)
  return { oid, subject: distinct(termsOf(subject)), message: distinct(terms), passages: [] }
}

function distinct(terms: readonly string[]): number[] {
  return [...new Set(terms.map((term) => rowOf(hashOf(term))))]
}

function rowsOf(terms: string): Uint16Array {
  const rows = new Set<number>()
  eachRow(terms, (row) => rows.add(row))
  return Uint16Array.from(rows)
}

/** Puts pages in the order of their commits' names, which is the same whenever and wherever they are read. */
function bind(unordered: readonly Page[]): Lessons {
  const pages = unordered.toSorted((one, other) => (one.oid < other.oid ? -1 : 1))
  const texts = pages.flatMap(({ subject, message, passages }) => [
    subject,
    message,
    ...passages.toSorted((one, other) => one.ordinal - other.ordinal).map(({ rows }) => rows),
  ])
  const starts = sums(texts.map(({ length }) => length))
  const firsts = sums(pages.map(({ passages }) => passages.length + 2))
  const rows = new Uint16Array(starts.at(-1) ?? 0)
  for (const [index, text] of texts.entries()) rows.set(text, starts[index])
  return {
    count: pages.length,
    rows,
    starts,
    firsts,
    subjects: Int32Array.from(pages, ({ subject }) => hashOf(subject.join(' '))),
    fingerprint: fingerprintOf([rows, starts, firsts]),
  }
}

/** Returns where each part begins when they stand one after the other, and where the last one ends. */
function sums(lengths: readonly number[]): Uint32Array {
  const starts = new Uint32Array(lengths.length + 1)
  for (const [index, length] of lengths.entries()) starts[index + 1] = (starts[index] ?? 0) + length
  return starts
}

function fingerprintOf(parts: readonly (Uint16Array | Uint32Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}
