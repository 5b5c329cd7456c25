import { textOf } from './text.js'

const dayMs = 86_400_000
/** Commits that a note may be about; of longer days, the newest. */
const mostCommits = 1000
const mostEvidence = 100

/**
 * Writes a note about each day that is over and has none. It looks when the first commits of a new day are remembered,
 * so the days that a machine was off are made up for.
 *
 * @type {import('../../../docs/reference/aios').Handler<'after:remember'>}
 */
export default async (ctx) => {
  const { days, minutesEast, leastCommits, mostAtOnce } = ctx.config
  if (ctx.event.commits.length > mostAtOnce) return
  const shift = minutesEast * 60_000
  const today = Math.floor((ctx.now + shift) / dayMs)
  const done = await ctx.kv.get('day')
  if (done !== null && done >= today) return

  const first = Math.max(today - days, done ?? 0)
  const written = (await ctx.memory.query('notes')).map(({ text }) => text)
  const dates = Array.from({ length: today - first }, (_, index) => first + index)
  for (const day of dates) {
    const date = new Date(day * dayMs).toISOString().slice(0, 10)
    // Who died between writing a note and remembering it finds the note here.
    if (written.some((text) => text.startsWith(`${date}:`))) continue
    const commits = await commitsOf(day * dayMs - shift, ctx)
    if (commits.length < leastCommits) continue
    await ctx.memory.write({
      text: textOf(date, commits),
      evidence: commits.slice(0, mostEvidence).map(({ oid }) => oid),
    })
  }
  await ctx.kv.set('day', today)
}

/** Returns the commits of the day that begins at this moment, newest first. */
async function commitsOf(start, ctx) {
  const since = new Date(start).toISOString()
  const until = new Date(start + dayMs - 1).toISOString()
  const { items } = await ctx.memory.query('timeline', { since, until, limit: mostCommits })
  return items.filter(({ reachable, kind }) => reachable && kind !== 'merge')
}
