/**
 * Writes to a store until it is killed, and says on its output what was acknowledged.
 *
 * Each line is JSON: `{"put": n}` once the commits of round n are on the disk, or `{"code": …}` for a failure, after
 * which it ends.
 */
import { AiosError } from '../../contract/errors.ts'
import { openLanceStore } from '../../daemon/store/lance-store.ts'
import { detailRow, dimensions, episodeRow, passageRow } from '../conformance/store-rows.ts'
import { commitsOf, passagesPerCommit } from './store-rounds.ts'

const [folder = '', first = '0', rounds = 'Infinity'] = process.argv.slice(2)
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)

try {
  const store = await openLanceStore(folder, {
    embedder: 'test',
    dimensions,
    graceMs: 0,
    now: Date.now,
    onHealed: (detail) => say({ healed: detail }),
  })
  say({ opened: (await store.completeIds()).length })
  for (let round = Number(first); round < Number(first) + Number(rounds); round++) {
    // The round before is written again, so that a kill may also meet rows that are being replaced.
    const names = [...commitsOf(round - 1), ...commitsOf(round)]
    await store.putEpisodes(names.map((name) => episodeRow(name)))
    const passages = names.flatMap((name) =>
      Array.from({ length: passagesPerCommit }, (_, ordinal) => passageRow(name, ordinal)),
    )
    await store.putDetails(
      names.map((name) => detailRow(name)),
      passages,
    )
    say({ put: round })
    if (round % 5 === 4) await store.optimize()
  }
  await store.close()
} catch (error) {
  say(error instanceof AiosError ? { code: error.code, message: error.message } : { crashed: String(error) })
}
