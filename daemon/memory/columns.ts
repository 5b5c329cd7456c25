/** A list of numbers that grows, without an object for each: what is never collected should not be walked either. */
export interface Column {
  readonly length: number
  get(index: number): number
  set(index: number, value: number): void
  push(value: number): void
  /** Returns the numbers themselves, for who reads many; there may be more than were set. */
  values(): Readonly<Float64Array | Uint32Array>
}

/** Creates an empty column of numbers of any size; what was never set is 0. */
export function createNumbers(): Column {
  return createColumn((length) => new Float64Array(length))
}

/** Creates an empty column of whole numbers below 2^32; what was never set is 0. */
export function createIntegers(): Column {
  return createColumn((length) => new Uint32Array(length))
}

function createColumn(allocate: (length: number) => Float64Array | Uint32Array): Column {
  let values = allocate(1024)
  let length = 0

  function set(index: number, value: number): void {
    if (index >= values.length) {
      const larger = allocate(Math.max(index + 1, values.length * 2))
      larger.set(values)
      values = larger
    }
    values[index] = value
    length = Math.max(length, index + 1)
  }

  return {
    get length() {
      return length
    },
    get: (index) => values[index] ?? 0,
    set,
    push: (value) => set(length, value),
    values: () => values,
  }
}

/** Lists of numbers, one after the other in one column. */
export interface Lists {
  /** Sets the list of an index, once. */
  set(index: number, values: Iterable<number>): void
  get(index: number): number[]
  lengthOf(index: number): number
}

/** Creates lists that are all empty. */
export function createLists(): Lists {
  const starts = createIntegers()
  const lengths = createIntegers()
  const values = createIntegers()

  return {
    set(index, list) {
      starts.set(index, values.length)
      for (const value of list) values.push(value)
      lengths.set(index, values.length - starts.get(index))
    },
    get(index) {
      const start = starts.get(index)
      const list: number[] = []
      const end = start + lengths.get(index)
      for (let at = start; at < end; at += 1) list.push(values.get(at))
      return list
    },
    lengthOf: (index) => lengths.get(index),
  }
}
