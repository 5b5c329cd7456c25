import { sanitise, unsafe } from '../contract/plain.ts'

/** Returns the lines of the text, each safe to show; tabs become two spaces. */
export function sanitiseLines(text: string): string[] {
  return text
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => sanitise(line.replaceAll('\t', '  ')))
}

/** Returns JSON that a terminal can only show: what JSON leaves as it is but a terminal obeys is escaped. */
export function safeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(unsafe, (sign) =>
    sign === '\n' ? sign : [...Array(sign.length).keys()].map((at) => escapeOf(sign.charCodeAt(at))).join(''),
  )
}

function escapeOf(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`
}
