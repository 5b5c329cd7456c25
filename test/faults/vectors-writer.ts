/**
 * Gives a store new vectors over and over until it is killed, and says on its output what is in force.
 *
 * Each line is JSON: `{"enforced": id}` once vectors are in force.
 */
import { openLanceStore } from '../../daemon/store/lance-store.ts'
import { readSettings } from '../../daemon/store/store-settings.ts'
import { dimensions } from '../conformance/store-rows.ts'
import { axisOf, vectorsOf } from './vectors-rounds.ts'

const [folder = ''] = process.argv.slice(2)
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)
const kept = await readSettings(folder)
const store = await openLanceStore(folder, {
  embedder: kept?.embedder ?? 'round-0',
  dimensions,
  graceMs: 0,
  now: Date.now,
  onHealed: (detail) => say({ healed: detail }),
})
say({ opened: store.embedder })
for (;;) {
  const embedder = `round-${axisOf(store.embedder) + 1}`
  const encode = async (terms: readonly string[]) => vectorsOf(terms.length, axisOf(embedder))
  const prepared = await store.prepareVectors({ embedder, dimensions }, encode, new AbortController().signal)
  await prepared.enforce()
  say({ enforced: embedder })
}
