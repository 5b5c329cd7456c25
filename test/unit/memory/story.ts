import { createWorkshop, lines, type Workshop } from './workshop.ts'

/** A history with a story: a pump is built, replaced, goes back, and is mended; another branch never merges. */
export function withStory(): {
  shop: Workshop
  built: string
  replaced: string
  back: string
  mended: string
  aside: string
} {
  const shop = createWorkshop()
  const work = (message: string, files: Record<string, string>) => {
    shop.pass(86_400)
    return shop.work(message, files)
  }
  const built = work('Add the bilge pump\n\nWater came in faster than we could bail.', {
    'src/pump.ts': lines(20),
  })
  const replaced = work('Replace the bilge pump by a siphon\n\nA siphon has no moving parts.', {
    'src/pump.ts': lines(20, { 5: 'const siphon = open()', 6: 'siphon.start()' }),
    'docs/pump.md': 'Siphons.\n',
  })
  shop.pass(86_400)
  shop.at(['revert', '--no-edit', replaced])
  const back = shop.head()
  const mended = work(
    `Seal the valve of the bilge pump\n\nIt leaked.\n\nFixes: ${built.slice(0, 12)} ("Add the bilge pump")`,
    {
      'src/pump.ts': lines(20, { 5: 'seal(valve)' }),
      'docs/pump.md': 'Valves.\n',
    },
  )
  shop.git('checkout', '--quiet', '-b', 'aside', built)
  const aside = work('Paint the bilge pump crimson', { 'src/paint.ts': 'crimson\n', '-odd name.ts': 'x\n' })
  shop.git('checkout', '--quiet', 'main')
  return { shop, built, replaced, back, mended, aside }
}
