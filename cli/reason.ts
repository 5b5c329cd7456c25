import { sanitise } from '../contract/plain.ts'
import { wrap } from './width.ts'

const mostLines = 6
/** Lines of a message that is a long list, as those of squashed branches are. */
const mostListLines = 3
const longList = 5

/** Returns what a message gives as its reason in a few lines: lists stay lists, trailers and rules are left out. */
export function reasonLines(reason: string, width: number): string[] {
  const parts = partsOf(reason)
  const most = parts.filter(isItem).length >= longList ? mostListLines : mostLines
  return parts.flatMap((part) => wrap(sanitise(part), width)).slice(0, most)
}

/** The paragraphs and the items of lists, each in one line. */
function partsOf(reason: string): string[] {
  const parts: string[] = []
  let isOpen = false
  for (const line of reason.split('\n').map((raw) => raw.replaceAll(/\s+/g, ' ').trim())) {
    const isNoise = line === '' || isRule(line) || isTrailer(line)
    if (!isNoise && isOpen && !isItem(line)) parts.push(`${parts.pop() ?? ''} ${line}`)
    else if (!isNoise) parts.push(line)
    isOpen = !isNoise
  }
  return parts
}

function isItem(line: string): boolean {
  return /^([-*+]|\d+[.)]) /.test(line)
}

function isRule(line: string): boolean {
  return /^([-=_*~] ?){3,}$/.test(line)
}

function isTrailer(line: string): boolean {
  return /^(co-authored|signed-off|reviewed|acked|tested|reported|helped|suggested|approved)-by: /i.test(line)
}
