const form = /^([A-Za-z][\w-]{0,24})(?:\(([^()]{1,64})\))?!?: +\S/
const looked = 100
const dayMs = 86_400_000

/** Returns the type and the scope that a subject begins with; undefined when it has not the conventional form. */
export function typeOf(subject) {
  const [, type, scope] = form.exec(subject) ?? []
  return type === undefined ? undefined : { type, ...(scope === undefined ? {} : { scope }) }
}

/** Returns how many of the last messages have the form, merges left out. Looks once a day, and remembers. */
export async function shareOfForm(ctx) {
  const { types } = ctx.config
  const known = await ctx.kv.get('share')
  if (known !== null && ctx.now - known.at < dayMs && known.types === types.join()) return known
  const { items } = await ctx.memory.query('timeline', { limit: looked })
  const subjects = items
    .filter(({ kind, reachable }) => reachable && kind !== 'merge')
    .map(({ subject }) => subject)
  const have = subjects.filter((subject) => types.includes(typeOf(subject)?.type.toLowerCase())).length
  const share = { at: ctx.now, types: types.join(), of: subjects.length, have }
  await ctx.kv.set('share', share)
  return share
}
