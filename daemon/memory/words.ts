import { distinctTerms } from '../../native-workers/tokenise.ts'

/** Returns the words of a question that say what it is about: no stop words, each once, in order. */
export function contentWords(text: string): string[] {
  const words = distinctTerms(text).filter((word) => !stopWords.has(word))
  const telling = words.filter((word) => !fillers.has(word))
  return telling.length > 0 ? telling : words
}

/** Says whether a word says nothing of what a text is about. */
export function isStopWord(word: string): boolean {
  return stopWords.has(word)
}

/**
 * Returns a word without its English ending, so that `rebasing` meets `rebase`, and `files` meets `file`. Crude,
 * and the same on both sides.
 */
export function stemOf(word: string): string {
  if (word.length < 4) return word
  return word.replace(word.length === 4 ? /(?:e|(?<!s)s)$/ : /(?:ation|ing|ers?|ed|es|(?<!s)s|e)$/, '')
}

/** Says whether a word, without its ending, is of tasks rather than of what they are about. */
export function isEveryday(stem: string): boolean {
  return everydayStems.has(stem)
}

const stopWords = new Set(
  (
    'a about after all also an and any are as at be because been before but by can did do does doing done for ' +
    'from get had has have having how i if in into is it its just me more most my no not of on once one only or ' +
    'other our out over should so some such than that the their them then there these they this those through ' +
    'to too under until up us use used using very was we were what when where which while who why will with ' +
    'would you your'
  ).split(' '),
)

/** Words of a question rather than of what it is about; alone, they are what it is about. */
const fillers = new Set('exist existed existing exists happen happened happening happens'.split(' '))

/** What is done to anything: `add a new hook` is about the hook, however rare `new` is. */
const everydayStems = new Set('add change fix improve make new remove update'.split(' ').map(stemOf))
