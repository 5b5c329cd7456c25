import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cursorAt, positionIn } from '../../../daemon/pages/cursor.ts'
import { pageOf } from '../../../daemon/pages/page.ts'

const refused = expect.objectContaining({ code: 'request.cursor' })

test('a cursor leads back to its position, and says so to nobody', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (position) => {
      expect(positionIn('tides', cursorAt('tides', position))).toBe(position)
    }),
  )
})

test('a cursor that was changed anywhere, or is of another list, is refused', () => {
  const cursor = cursorAt('tides', 'b'.repeat(40))
  for (let at = 0; at < cursor.length; at++) {
    const other = cursor[at] === 'A' ? 'B' : 'A'
    expect(() => positionIn('tides', cursor.slice(0, at) + other + cursor.slice(at + 1))).toThrow(refused)
    expect(() => positionIn('tides', cursor.slice(0, at))).toThrow(refused)
  }
  for (const text of ['', ' ', '=', '%00', 'b'.repeat(40), `${cursor}=`, cursor.toLowerCase()])
    expect(() => positionIn('tides', text)).toThrow(refused)
  expect(() => positionIn('winds', cursor)).toThrow(refused)
})

test('who pages through a list sees what was there all along once, whatever comes and goes meanwhile', () => {
  const word = fc.string({ minLength: 1, maxLength: 3 })
  const changes = fc.array(fc.record({ added: fc.array(word), removed: fc.array(word) }))
  fc.assert(
    fc.property(fc.uniqueArray(word), fc.integer({ min: 1, max: 4 }), changes, (first, limit, later) => {
      const list = new Set(first)
      const stayed = new Set(first)
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const wish = { limit, ...(cursor === undefined ? {} : { cursor }) }
        const page = pageOf({ name: 'words', items: [...list], keyOf: (one) => one }, wish)
        expect(page.items.length).toBeLessThanOrEqual(limit)
        seen.push(...page.items)
        cursor = page.next
        const { added = [], removed = [] } = later.shift() ?? {}
        for (const one of removed) if (list.delete(one)) stayed.delete(one)
        for (const one of added) list.add(one)
      } while (cursor !== undefined)
      expect(new Set(seen).size).toBe(seen.length)
      expect([...stayed].filter((one) => !seen.includes(one))).toEqual([])
    }),
  )
})
