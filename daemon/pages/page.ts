import { cursorAt, positionIn } from './cursor.ts'

/** What of a list is asked for. */
export interface PageWish {
  readonly limit?: number
  readonly cursor?: string
}

/** A stretch of a list; `next` is there when more follows. */
export interface Page<Item> {
  readonly items: Item[]
  readonly next?: string
}

/** A list whose items stand in the order of their keys, which are texts that never change. */
export interface List<Item> {
  readonly name: string
  readonly items: readonly Item[]
  readonly keyOf: (item: Item) => string
}

/**
 * Returns the stretch of a list that is asked for, sorted by key.
 *
 * It begins behind the key of its cursor, whether or not the item of that key is still there.
 */
export function pageOf<Item>({ name, items, keyOf }: List<Item>, { limit, cursor }: PageWish): Page<Item> {
  const after = cursor === undefined ? undefined : positionIn(name, cursor)
  const left = items
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => after === undefined || key > after)
    .toSorted((one, other) => (one.key < other.key ? -1 : 1))
  return stretchOf(
    name,
    left,
    limit ?? left.length,
    ({ key }) => key,
    ({ item }) => item,
  )
}

/** Returns the first items of what is left of a list, of which one more than the limit was asked for. */
export function stretchOf<Found, Item>(
  name: string,
  found: readonly Found[],
  limit: number,
  keyOf: (found: Found) => string,
  itemOf: (found: Found) => Item,
): Page<Item> {
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  const items = shown.map(itemOf)
  return found.length <= limit || last === undefined
    ? { items }
    : { items, next: cursorAt(name, keyOf(last)) }
}
