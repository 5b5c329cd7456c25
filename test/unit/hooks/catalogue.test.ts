import { expect, test } from 'vitest'
import { noticeHooks, questionHooks } from '../../../contract/hook-routes.ts'
import { hooks, type HookDescription } from '../../../contract/hooks.ts'
import { readSources } from '../../sources.ts'

/** Where hooks are run: elsewhere their names are only spoken of. */
const askers = ['daemon/answers-hooks.ts', 'daemon/memory/amend.ts']

test('the catalogue marks every hook that nobody is asked yet, and no other', () => {
  const texts = readSources(['daemon'])
    .filter(({ path }) => askers.includes(path))
    .flatMap((source) => [...source.texts])
  const templates = ['schedule:<name>', 'before:<command>', 'after:<command>']
  const asked = new Set([...questionHooks, ...noticeHooks, ...texts, ...templates])
  const marked = Object.entries<HookDescription>(hooks).filter(([, { notYet }]) => notYet !== undefined)

  expect(marked.map(([name]) => name)).toEqual(Object.keys(hooks).filter((name) => !asked.has(name)))
})
