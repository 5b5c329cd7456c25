import type { Entry } from './agents.ts'

/** Reads and changes the text of a file of settings, and leaves every other byte of it as it is. */
export interface Settings {
  /** Returns what the text says; throws an error with the place of what is wrong in it. */
  parse(text: string): unknown
  /** Returns the text with the entry at the end of the keys, where none of that name is yet. */
  add(text: string, keys: readonly string[], name: string, entry: Entry): string
  /** Returns the text without the entry. */
  remove(text: string, keys: readonly string[], name: string): string
}
