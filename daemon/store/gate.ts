import { AiosError } from '../../contract/errors.ts'
import { refusalOf, storeError } from './lance-errors.ts'
import type { LanceTables } from './lance-tables.ts'
import { createQueue } from './queue.ts'
import { createReaders, type Readers } from './readers.ts'

/** The way to the tables: many read, one writes, and what turns out to be damaged is mended. */
export interface Gate {
  /** Reads; once more when the tables had to be mended. */
  read<T>(work: (tables: LanceTables) => Promise<T>): Promise<T>
  /** Writes when those who came before have written. */
  write<T>(work: (tables: LanceTables) => Promise<T>): Promise<T>
  /** Returns the tables as they are now, for what they know without the disk. */
  tables(): LanceTables
  /**
   * Does the work when those who came before have written, and opens the tables anew. Those who read meanwhile
   * go on with the former ones, whose end `onClosed` is told of.
   */
  reopen(work: (tables: LanceTables) => Promise<void>, onClosed: () => Promise<void>): Promise<void>
  /** Returns whether all who read now have ended before long. */
  drained(): Promise<boolean>
  close(): Promise<void>
}

/** How long those who read are waited for. */
const patienceMs = 10_000

/** Creates the gate to tables that are open, and that `open` opens again. */
export function createGate(folder: string, opened: LanceTables, open: () => Promise<LanceTables>): Gate {
  const queue = createQueue()
  const readers = createReaders()
  const { tables, openAnew, drained } = createHolder(opened, open, readers)
  let closed = false

  const heal = createOnce(() => queue.run(() => openAnew(async () => {})))

  /** Ends a failure as one of ours, when what may be damaged is mended. */
  async function fail(error: unknown): Promise<never> {
    if (isDamage(error) && !closed) await heal()
    throw storeError(error, folder)
  }

  async function write<T>(work: (tables: LanceTables) => Promise<T>): Promise<T> {
    enter()()
    return queue.run(() => work(tables())).catch(fail)
  }

  function enter(): () => void {
    if (closed) throw new AiosError('store.unavailable', `The memory in ${folder} is closed.`)
    return readers.enter()
  }

  return {
    drained,

    async read(work) {
      const leave = enter()
      try {
        return await work(tables()).catch(async (error: unknown) => {
          if (!isDamage(error)) throw error
          await heal()
          return work(tables())
        })
      } catch (error) {
        throw storeError(error, folder)
      } finally {
        leave()
      }
    },

    write,
    tables,

    reopen: (work, onClosed) =>
      write(async (former) => {
        await work(former)
        await openAnew(onClosed)
      }),

    async close() {
      if (closed) return
      closed = true
      await queue.idle()
      await drained()
      tables().close()
    },
  }
}

/** Holds the tables that are in use. */
function createHolder(opened: LanceTables, open: () => Promise<LanceTables>, readers: Readers) {
  const drained = () => readers.drained(patienceMs)
  let tables = opened
  return {
    drained,
    tables: () => tables,
    async openAnew(onClosed: () => Promise<void>): Promise<void> {
      const former = tables
      tables = await open()
      void drained()
        .then(() => former.close())
        .then(onClosed)
        // What could not be removed is removed when the store is opened next.
        .catch(() => {})
    },
  }
}

/** Whether the failure may lie in the data: then opening it anew finds out. */
function isDamage(error: unknown): boolean {
  return !(error instanceof AiosError) && refusalOf(error) === undefined
}

/** Lets all who ask while the work goes on wait for the same. */
function createOnce(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => (running ??= work().finally(() => (running = undefined)))
}
