import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AiosError } from '../../contract/errors.ts'
import { replaceFlushed, whenMissing } from './seals.ts'

/** The form that this version of aios writes. */
const currentFormat = 1

/** What a store's vectors are made by, and how long they are. */
export interface StoreSettings {
  readonly embedder: string
  readonly dimensions: number
}

/** Returns what a store's vectors were made by; undefined when it has none, or cannot say. */
export async function readSettings(folder: string): Promise<StoreSettings | undefined> {
  const value = parse(await readFile(fileOf(folder), 'utf8').catch(whenMissing('')))
  if (typeof value !== 'object' || value === null || !('format' in value)) return undefined
  if (typeof value.format === 'number' && value.format > currentFormat) {
    const message = `The memory in ${folder} has format ${value.format}; this aios knows ${currentFormat}.`
    throw new AiosError('store.newer', message)
  }
  if (!('embedder' in value) || typeof value.embedder !== 'string') return undefined
  if (!('dimensions' in value) || typeof value.dimensions !== 'number') return undefined
  return { embedder: value.embedder, dimensions: value.dimensions }
}

/** Writes down what the store's vectors are made by. */
export async function writeSettings(folder: string, { embedder, dimensions }: StoreSettings): Promise<void> {
  await replaceFlushed(fileOf(folder), `${JSON.stringify({ format: currentFormat, embedder, dimensions })}\n`)
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
