import { AiosError } from '../../contract/errors.ts'

/** What the operating system refused, by the number that the native library prints. */
const refusals: Readonly<Record<string, 'full' | 'unwritable' | 'exhausted'>> = {
  '1': 'unwritable',
  '12': 'exhausted',
  '13': 'unwritable',
  '23': 'exhausted',
  '24': 'exhausted',
  '28': 'full',
  '30': 'unwritable',
  '122': 'full',
  ENOTDIR: 'unwritable',
  ENOSPC: 'full',
  EDQUOT: 'full',
  EACCES: 'unwritable',
  EPERM: 'unwritable',
  EROFS: 'unwritable',
  EMFILE: 'exhausted',
  ENFILE: 'exhausted',
}

/** Returns the failure as one of ours. Never blames the data for what the operating system refused. */
export function storeError(error: unknown, folder: string): AiosError {
  if (error instanceof AiosError) return error
  const cause = { cause: error }
  switch (refusalOf(error)) {
    case 'full':
      return new AiosError('store.full', `No space is left for the memory in ${folder}.`, cause)
    case 'unwritable':
      return new AiosError('state.unwritable', `The memory in ${folder} cannot be written.`, cause)
    case 'exhausted':
      return new AiosError(
        'store.unavailable',
        `The system ran out of open files or memory in ${folder}.`,
        cause,
      )
    case undefined:
      return new AiosError('store.unavailable', `The memory in ${folder} failed: ${firstLine(error)}`, cause)
  }
}

/** Says what the operating system refused; undefined when the failure lies in the data. */
export function refusalOf(error: unknown): 'full' | 'unwritable' | 'exhausted' | undefined {
  if (!(error instanceof Error)) return undefined
  const name = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  const number = /os error (\d+)/.exec(error.message)?.[1]
  const sqlite = 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : -1
  return (
    refusals[name ?? ''] ??
    refusals[number ?? ''] ??
    sqliteRefusals.get(sqlite) ??
    sqliteRefusals.get(sqlite & 0xff) ??
    refusalOf(error.cause)
  )
}

/** What SQLite was refused, by its codes; the long one is a shared memory for which there was no room. */
const sqliteRefusals: ReadonlyMap<number, 'full' | 'unwritable'> = new Map([
  [3, 'unwritable'],
  [8, 'unwritable'],
  [13, 'full'],
  [14, 'unwritable'],
  [4874, 'full'],
])

/** Returns the first line of what went wrong, short enough for a log. */
export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return (text.split('\n')[0] ?? '').slice(0, 300)
}
