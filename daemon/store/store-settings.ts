import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AiosError } from '../../contract/errors.ts'
import { replaceFlushed, whenMissing } from './seals.ts'
import type { StoreSettings } from './store.ts'

/** The form that this version of aios writes. In the first, a long text could not be written at all. */
export const currentFormat = 2

/** What is written down of a store: whose vectors are in force, and in which table they are. */
export interface KeptSettings extends StoreSettings {
  readonly format: number
  readonly passages: string
}

/** The table of passages that a store begins with. */
export const firstPassages = 'passages'

/** Returns what a store's vectors were made by; undefined when it has none, or cannot say. */
export async function readSettings(folder: string): Promise<KeptSettings | undefined> {
  const value = parse(await readFile(fileOf(folder), 'utf8').catch(whenMissing('')))
  if (typeof value !== 'object' || value === null || !('format' in value)) return undefined
  const { format } = value
  if (typeof format !== 'number') return undefined
  if (format > currentFormat) {
    const message = `The memory in ${folder} has format ${format}; this aios knows ${currentFormat}.`
    throw new AiosError('store.newer', message)
  }
  if (!('embedder' in value) || typeof value.embedder !== 'string') return undefined
  if (!('dimensions' in value) || typeof value.dimensions !== 'number') return undefined
  const named = 'passages' in value && typeof value.passages === 'string' ? value.passages : ''
  const passages = /^passages-\d+$/.test(named) ? named : firstPassages
  return { format, embedder: value.embedder, dimensions: value.dimensions, passages }
}

/** Writes down whose vectors are in force. What was in force before is so until this is fulfilled. */
export async function writeSettings(folder: string, settings: KeptSettings): Promise<void> {
  const { format, embedder, dimensions, passages } = settings
  const text = JSON.stringify({ format, embedder, dimensions, passages })
  await replaceFlushed(fileOf(folder), `${text}\n`)
}

function fileOf(folder: string): string {
  return join(folder, 'store.json')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
