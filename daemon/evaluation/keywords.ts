import { distinctTerms } from '../../native-workers/tokenise.ts'
import { createIntegers, type Column } from '../memory/columns.ts'
import type { CommitGraph } from '../memory/commit-graph.ts'
import { stemOf } from '../memory/words.ts'
import type { MemoryStore } from '../store/store.ts'

/** Scores of commits by ordinal; 0 where no word fits. */
export type Scores = Float32Array

/** The yardstick: BM25 as a careful person would set it up, over words, paths and pre-split identifiers. */
export interface Keywords {
  /** Scores commits by their messages alone. */
  messages(question: string): Scores
  /** Scores commits by their best passage: its changed lines and its path. */
  changes(question: string): Scores
  /** Returns how many messages have a word. */
  messagesWith(word: string): number
  /** Returns how many passages have a term. */
  passagesWith(term: string): number
}

/** The usual settings of BM25 (Robertson and Zaragoza, 2009); each word counts once in a text. */
const k1 = 1.2
const b = 0.75

/** Commits whose messages are read at once. */
const rowsAtOnce = 1024

/** Reads the yardstick from a store. */
export async function readKeywords(
  { store, graph }: { readonly store: MemoryStore; readonly graph: CommitGraph },
  signal: AbortSignal,
): Promise<Keywords> {
  const [messages, changes] = [createTexts(), createTexts()]
  const oids = [...graph.ordinals()].map((ordinal) => graph.oid(ordinal))
  for (let at = 0; at < oids.length; at += rowsAtOnce) {
    signal.throwIfAborted()
    for (const { oid, message } of await store.headlines(oids.slice(at, at + rowsAtOnce)))
      messages.add(graph.ordinalOf(oid) ?? 0, stemmed(message))
  }
  for await (const batch of store.scanTerms(signal)) {
    for (const { oid, terms } of batch) {
      const owner = graph.ordinalOf(oid)
      if (owner !== undefined) changes.add(owner, terms.split(' '))
    }
  }
  const [byMessage, byChange] = [messages.index(), changes.index()]
  return {
    messages: (question) => byMessage.score(stemmed(question)),
    changes: (question) => byChange.score(distinctTerms(question)),
    messagesWith: (word) => byMessage.count(stemOf(word)),
    passagesWith: (term) => byChange.count(term.toLowerCase()),
  }
}

function stemmed(text: string): string[] {
  return [...new Set(distinctTerms(text).map(stemOf))]
}

interface TextIndex {
  score(words: readonly string[]): Scores
  count(word: string): number
}

/** Collects texts as numbers, four bytes a word: the changes of a long history are many millions of words. */
function createTexts() {
  const numbers = new Map<string, number>()
  const words = createIntegers()
  const starts = createIntegers()
  const owners = createIntegers()

  function numberOf(word: string): number {
    const known = numbers.get(word)
    if (known !== undefined) return known
    numbers.set(word, numbers.size)
    return numbers.size - 1
  }

  return {
    add(owner: number, text: readonly string[]) {
      owners.push(owner)
      starts.push(words.length)
      for (const word of text) words.push(numberOf(word))
    },
    index: (): TextIndex => invert(numbers, words, starts, owners),
  }
}

/** Turns texts of words into words with their texts. */
function invert(
  numbers: ReadonlyMap<string, number>,
  words: Column,
  starts: Column,
  owners: Column,
): TextIndex {
  const count = owners.length
  const endOf = (text: number): number => (text + 1 < count ? starts.get(text + 1) : words.length)
  const from = new Uint32Array(numbers.size + 1)
  for (let at = 0; at < words.length; at++) from[words.get(at) + 1] = (from[words.get(at) + 1] ?? 0) + 1
  for (let word = 0; word < numbers.size; word++) from[word + 1] = (from[word + 1] ?? 0) + (from[word] ?? 0)
  const next = from.slice()
  const texts = new Uint32Array(words.length)
  const norms = new Float32Array(count)
  const usual = Math.max(1, words.length / Math.max(1, count))
  for (let text = 0; text < count; text++) {
    const [start, end] = [starts.get(text), endOf(text)]
    norms[text] = (k1 + 1) / (1 + k1 * (1 - b + (b * (end - start)) / usual))
    for (let at = start; at < end; at++) {
      const word = words.get(at)
      const place = next[word] ?? 0
      texts[place] = text
      next[word] = place + 1
    }
  }
  const countOf = (word: number | undefined): number =>
    word === undefined ? 0 : (from[word + 1] ?? 0) - (from[word] ?? 0)

  return {
    count: (word) => countOf(numbers.get(word)),
    score(asked) {
      const sums = new Float32Array(count)
      for (const text of asked) {
        const word = numbers.get(text)
        const having = countOf(word)
        if (word === undefined || having === 0) continue
        const rarity = Math.log(1 + (count - having + 0.5) / (having + 0.5))
        for (let at = from[word] ?? 0; at < (from[word + 1] ?? 0); at++) {
          const found = texts[at] ?? 0
          sums[found] = (sums[found] ?? 0) + rarity * (norms[found] ?? 0)
        }
      }
      return bestOfOwners(sums, owners)
    },
  }
}

/** A commit is as good as its best text. */
function bestOfOwners(sums: Float32Array, owners: Column): Scores {
  let commits = 0
  for (let text = 0; text < sums.length; text++) commits = Math.max(commits, owners.get(text) + 1)
  const scores = new Float32Array(commits)
  for (let text = 0; text < sums.length; text++) {
    const owner = owners.get(text)
    scores[owner] = Math.max(scores[owner] ?? 0, sums[text] ?? 0)
  }
  return scores
}
