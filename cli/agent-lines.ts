import { sanitise } from '../contract/plain.ts'
import { styled, type Terminal } from './terminal.ts'

/** Prints a change of a file as a diff. */
export function printChange(file: string, change: readonly string[], terminal: Terminal): void {
  terminal.line(styled('bold', sanitise(file)))
  for (const line of change) {
    const style = line.startsWith('+') ? 'green' : line.startsWith('-') ? 'red' : 'dim'
    terminal.line(styled(style, sanitise(line)))
  }
}
