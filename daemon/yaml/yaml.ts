import { type Document, LineCounter, type ParsedNode, parseDocument, type YAMLError } from 'yaml'
import { type Issue, visible } from './issue.ts'

/** A text read as YAML: its tree, what is wrong with its form, and where each offset stands. */
export interface Yaml {
  readonly document: Document.Parsed<ParsedNode>
  readonly issues: readonly Issue[]
  readonly placeOf: (offset: number) => { line: number; column: number }
}

/**
 * Reads a text as one YAML 1.2 document.
 *
 * Nothing is expanded: aliases stay names, merge keys stay keys, so a small file cannot become a large value.
 * Keys that repeat are left to the reader of the tree, because the parser compares each key with every other.
 */
export function readYaml(text: string): Yaml {
  const lineCounter = new LineCounter()
  const options = {
    lineCounter,
    prettyErrors: false,
    schema: 'core',
    merge: false,
    uniqueKeys: false,
  } as const
  const placeOf = (offset: number) => {
    const { line, col } = lineCounter.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  try {
    const document = parseDocument(text, options)
    const failures = [...document.errors, ...document.warnings]
    // The parser stops where the stack ends, and what it says after that is about its own stop.
    const isTooDeep = failures.some(({ code }) => code === 'RESOURCE_EXHAUSTION')
    return {
      document,
      placeOf,
      issues: isTooDeep ? [tooDeep] : failures.map((failure) => issueOf(failure, placeOf)),
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { document: parseDocument('', options), placeOf, issues: [tooDeep] }
  }
}

const tooDeep: Issue = { code: 'config.invalid', message: 'The text is nested too deeply.' }

function issueOf(failure: YAMLError, placeOf: Yaml['placeOf']): Issue {
  const isStar = failure.message.startsWith('Unexpected alias')
  const known = isStar ? inPlainWords.BAD_ALIAS : inPlainWords[failure.code]
  const message = known ?? `This is not YAML: ${visible(failure.message)}.`
  return { code: 'config.invalid', at: placeOf(failure.pos[0]), message }
}

const inPlainWords: Partial<Record<YAMLError['code'], string>> = {
  BAD_ALIAS: 'An alias needs a name; a text that begins with * needs quotes.',
  BAD_INDENT: 'The indentation does not fit, or a bracket is not closed.',
  BLOCK_AS_IMPLICIT_KEY: 'There is a colon too many, or the next line is indented too far.',
  MISSING_CHAR: 'Something is missing: a closing quote or bracket, a comma, or a space behind a colon.',
  MULTILINE_IMPLICIT_KEY: 'A key must stand on one line and end with a colon.',
  MULTIPLE_DOCS: 'A second document begins here; keep all settings in one.',
  TAB_AS_INDENT: 'A tab cannot indent; use spaces.',
  TAG_RESOLVE_FAILED: 'Tags (!name) are not understood here; write the plain value.',
}
