import { termsOf } from '../../native-workers/tokenise.ts'
import { createIntegers } from './columns.ts'
import { isEveryday, isStopWord, stemOf } from './words.ts'

/**
 * The words of all subjects, in memory: whoever asks in the words of a subject wants that commit, and full text
 * of whole messages gives it no advantage over those that quote it.
 */
export interface SubjectIndex {
  /** Adds a subject. Returns how many there are. */
  add(ordinal: number, subject: string): number
  /** Returns the commits whose subjects say most of a question, best first. */
  search(question: string, limit: number, admits: (ordinal: number) => boolean): SubjectMatch[]
}

/** How well a subject says what is asked. */
export interface SubjectMatch {
  readonly ordinal: number
  /** Between 0 and 1. */
  readonly score: number
  /** Whether the question is this subject, word for word. */
  readonly isExact: boolean
}

/** Words share buckets rather than be kept: the few subjects that remain are read again. */
const buckets = 2 ** 16
/** Words of a question that are looked up, rarest first: a subject is short. */
const soughtWords = 24
/** What an everyday word counts, of what another one as rare does. */
const everydayShare = 0.4
/** Subjects that are read again for each that is wanted. */
const readPerWanted = 2

/** Creates an index of no subjects, which reads those that matter again through `subjectOf`. */
export function createSubjectIndex(subjectOf: (ordinal: number) => string): SubjectIndex {
  const heads = new Uint32Array(buckets)
  const counts = new Uint32Array(buckets)
  const ordinals = createIntegers()
  const previous = createIntegers()
  let subjects = 0
  let highest = 0

  // The entry 0 ends a list.
  ordinals.push(0)
  previous.push(0)

  function add(ordinal: number, subject: string): number {
    subjects += 1
    highest = Math.max(highest, ordinal)
    for (const bucket of new Set(wordsOf(subject).map(bucketOf))) {
      previous.push(heads[bucket] ?? 0)
      heads[bucket] = ordinals.length
      counts[bucket] = (counts[bucket] ?? 0) + 1
      ordinals.push(ordinal)
    }
    return subjects
  }

  const rarityOf = (word: string): number =>
    Math.log(1 + subjects / (1 + (counts[bucketOf(word)] ?? 0))) * (isEveryday(word) ? everydayShare : 1)

  function collect(words: readonly string[]): Float32Array {
    const sums = new Float32Array(highest + 1)
    for (const word of words) addRarity(sums, rarityOf(word), heads[bucketOf(word)] ?? 0)
    return sums
  }

  /** Walks one list: a common word is in every tenth subject, so that nothing may be called for each. */
  function addRarity(sums: Float32Array, rarity: number, head: number): void {
    const [owners, links] = [ordinals.values(), previous.values()]
    for (let at = head; at !== 0; at = links[at] ?? 0) {
      const ordinal = owners[at] ?? 0
      sums[ordinal] = (sums[ordinal] ?? 0) + rarity
    }
  }

  function search(question: string, limit: number, admits: (ordinal: number) => boolean): SubjectMatch[] {
    const words = wordsOf(question)
    const sought = [...new Set([...words, ...joined(words)])]
      .toSorted((a, b) => rarityOf(b) - rarityOf(a))
      .slice(0, soughtWords)
    const judge = createJudge(question, words, rarityOf)
    return highestOf(collect(sought), limit * readPerWanted, admits)
      .map((ordinal) => ({ ordinal, ...judge(subjectOf(ordinal)) }))
      .filter(({ score }) => score > 0)
      .toSorted((a, b) => Number(b.isExact) - Number(a.isExact) || b.score - a.score || b.ordinal - a.ordinal)
      .slice(0, limit)
  }

  return { add, search }
}

/** What counts beside the share of the question: how little else a subject says, and the order of the words. */
const parts = { share: 0.7, brevity: 0.2, order: 0.1 } as const

function createJudge(
  question: string,
  words: readonly string[],
  rarityOf: (word: string) => number,
): (subject: string) => Omit<SubjectMatch, 'ordinal'> {
  const versions = versionsOf(question)
  const asked = new Set(words)
  const plain = plainText(question)
  const versionWeight = rarityOf('')
  const weightOf = (list: Iterable<string>): number =>
    [...list].reduce((sum, word) => sum + rarityOf(word), 0)
  const wanted = weightOf(asked) + versions.length * versionWeight

  return (subject) => {
    if (plain !== '' && plainText(subject) === plain) return { score: 1, isExact: true }
    const own = wordsOf(subject)
    const said = new Set([...own, ...joined(own)])
    const isSaid = createSaid(words, said)
    const matched = [...asked].filter(isSaid)
    const itsVersions = versionsOf(subject)
    const versionsMet = versions.filter((version) =>
      itsVersions.some((its) => `${its}.`.startsWith(`${version}.`)),
    )
    const met = weightOf(matched) + versionsMet.length * versionWeight
    if (met === 0) return { score: 0, isExact: false }
    const brevity = Math.min(1, met / Math.max(met, weightOf(new Set(own))))
    const share = wanted === 0 ? 0 : met / wanted
    const score = share * (parts.share + parts.brevity * brevity + parts.order * orderOf(own, words))
    return { score, isExact: false }
  }
}

/** A word is said as it is, or together with the one before or after it: `hot keys` is `hotkeys`. */
function createSaid(words: readonly string[], said: ReadonlySet<string>): (word: string) => boolean {
  const pairs = joined(words)
  const inPair = new Set(
    words.filter((_word, at) => said.has(pairs[at] ?? '') || said.has(pairs[at - 1] ?? '')),
  )
  return (word) => said.has(word) || inPair.has(word)
}

/** Share of a question's neighbours that are neighbours in a subject too. */
function orderOf(subject: readonly string[], question: readonly string[]): number {
  if (question.length < 2) return 1
  const neighbours = new Set(subject.map((word, at) => `${word} ${subject[at + 1] ?? ''}`))
  const kept = question.filter((word, at) => at > 0 && neighbours.has(`${question[at - 1] ?? ''} ${word}`))
  return kept.length / (question.length - 1)
}

/** A common word is in thousands of subjects: only those near the best sum are put in order. */
const leastSum = 0.3

function highestOf(sums: Float32Array, limit: number, admits: (ordinal: number) => boolean): number[] {
  let best = 0
  for (let ordinal = 0; ordinal < sums.length; ordinal += 1) {
    const sum = sums[ordinal] ?? 0
    if (sum > best && admits(ordinal)) best = sum
  }
  if (best === 0) return []
  for (let least = best * 0.75; ; least -= best * 0.15) {
    const found: number[] = []
    for (let ordinal = 0; ordinal < sums.length; ordinal += 1)
      if ((sums[ordinal] ?? 0) >= least && admits(ordinal)) found.push(ordinal)
    if (found.length >= limit || least <= best * leastSum)
      return found.sort((a, b) => (sums[b] ?? 0) - (sums[a] ?? 0) || b - a).slice(0, limit)
  }
}

function wordsOf(text: string): string[] {
  return termsOf(text)
    .filter((word) => !isStopWord(word))
    .map(stemOf)
}

/** Each word together with the next. */
function joined(words: readonly string[]): string[] {
  return words.slice(1).map((word, at) => `${words[at] ?? ''}${word}`)
}

/** The tokeniser knows no numbers; who names a version wants that one. */
function versionsOf(text: string): string[] {
  return text.match(/(?<![\w.])\d+(?:\.\d+)+(?![\w])/g) ?? []
}

function plainText(text: string): string {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(' ')
}

function bucketOf(word: string): number {
  let hash = 0x81_1c_9d_c5
  for (let at = 0; at < word.length; at += 1) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01_00_01_93)
  return (hash ^ (hash >>> 16)) & (buckets - 1)
}
