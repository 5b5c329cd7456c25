import type { Terminal } from './terminal.ts'

/** What a command gives back: data for programs, and how it looks to people. */
export type Outcome = Answer | Items

/** One object. */
export interface Answer {
  readonly shape: 'answer'
  readonly schema: string
  readonly data: unknown
  readonly exit: number
  print(terminal: Terminal): void
}

/** Objects as they come. */
export interface Items {
  readonly shape: 'items'
  readonly items: AsyncIterable<unknown>
  /** Prints them until they end. */
  print(terminal: Terminal): Promise<void>
}

/** Returns what a command answers at once. */
export function answer<Data>(
  schema: string,
  data: Data,
  print: (data: Data, terminal: Terminal) => void,
  exit = 0,
): Answer {
  return {
    shape: 'answer',
    schema: `aios.${schema}.v1`,
    data,
    exit,
    print: (terminal) => print(data, terminal),
  }
}

/** Returns what a command answers bit by bit. */
export function items<Item>(
  source: AsyncIterable<Item>,
  print: (item: Item, terminal: Terminal) => void,
): Items {
  return {
    shape: 'items',
    items: source,
    async print(terminal) {
      for await (const item of source) print(item, terminal)
    },
  }
}
