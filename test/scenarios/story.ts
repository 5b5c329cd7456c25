/** One story: commands, what each must print and how it must end, and the files that it starts from. */
export interface Story {
  /** The sentence that the story proves. */
  readonly title: string
  readonly steps: readonly Step[]
  readonly files: readonly { readonly path: string; readonly text: string }[]
}

/** A command with what is expected of it. */
export interface Step {
  readonly line: number
  readonly command: string
  readonly expected: readonly Expectation[]
}

/** `stdout tide`, `stdout! tide`, `stderr …`, `exit 3`, `json data.hits.0.subject note the tide`. */
export interface Expectation {
  readonly line: number
  readonly kind: 'stdout' | 'stdout!' | 'stderr' | 'stderr!' | 'exit' | 'json'
  readonly text: string
}

const expectation = /^(stdout!?|stderr!?|exit|json)(?: (.*))?$/

/** Reads a story from its text. */
export function readStory(text: string): Story {
  const [head = '', ...parts] = text.split(/^-- (.+) --\n/m)
  const title: string[] = []
  const steps: { line: number; command: string; expected: Expectation[] }[] = []
  for (const [index, content] of head.split('\n').entries()) {
    const line = index + 1
    const match = expectation.exec(content)
    if (content.startsWith('#')) title.push(content.slice(1).trim())
    else if (match !== null && isKind(match[1]))
      steps.at(-1)?.expected.push({ line, kind: match[1], text: match[2] ?? '' })
    else if (content.trim() !== '') steps.push({ line, command: content, expected: [] })
  }
  const files = parts.flatMap((path, at) => (at % 2 === 0 ? [{ path, text: parts[at + 1] ?? '' }] : []))
  return { title: title.join(' '), steps, files }
}

function isKind(word: string | undefined): word is Expectation['kind'] {
  return word !== undefined && ['stdout', 'stdout!', 'stderr', 'stderr!', 'exit', 'json'].includes(word)
}
