/** Which commits are one and the same episode, as rewrites told. */
export interface Identities {
  /** Returns the oid by which the episode was first known. */
  identityOf(oid: string): string
  /** Returns the oids that the episode had before, newest first. */
  was(oid: string): string[]
  /** Returns the newest oid of the episode: the commit that lives, if any does. */
  latest(oid: string): string
  /** Links an old commit to the one that took its place. A link that would make a circle is refused. */
  link(from: string, to: string): boolean
}

/** Creates the identities that these links make; older links first. */
export function createIdentities(links: Iterable<{ from: string; to: string }>): Identities {
  const next = new Map<string, string>()
  const previous = new Map<string, string[]>()

  function latest(oid: string): string {
    let current = oid
    for (let later = next.get(current); later !== undefined; later = next.get(current)) current = later
    return current
  }

  function was(oid: string): string[] {
    const found: string[] = []
    const left = [...(previous.get(oid) ?? [])]
    for (let old = left.shift(); old !== undefined; old = left.shift()) {
      found.push(old)
      left.push(...(previous.get(old) ?? []))
    }
    return found
  }

  function link(from: string, to: string): boolean {
    if (next.has(from) || from === to || latest(to) === from) return false
    next.set(from, to)
    previous.set(to, [from, ...(previous.get(to) ?? [])])
    return true
  }

  for (const { from, to } of links) link(from, to)
  return { latest, was, link, identityOf: (oid) => was(oid).at(-1) ?? oid }
}
