import type { EpisodeFacts, EpisodeRow } from './store.ts'

/** Returns an episode's facts, as a store would scan them. */
export function factsOf(row: EpisodeRow): EpisodeFacts {
  return {
    oid: row.oid,
    parents: row.parents,
    authorName: row.author.name,
    authorEmail: row.author.email,
    authorTime: row.author.time,
    authorZone: row.author.zone,
    committerTime: row.committer.time,
    subject: copied(subjectOf(row.message)),
    links: row.links,
    paths: row.changes.map(({ path }) => path),
  }
}

/** Returns a message's first paragraph on one line, as `git log --format=%s` prints it. */
export function subjectOf(message: string): string {
  const lines: string[] = []
  for (let at = 0; at < message.length;) {
    const newline = message.indexOf('\n', at)
    const end = newline === -1 ? message.length : newline
    const line = withoutEnd(message.slice(at, end))
    if (line === '' && lines.length > 0) break
    if (line !== '') lines.push(line)
    at = end + 1
  }
  return lines.join(' ')
}

/** Cuts off what git counts as space; a pattern would look at long spaces within a line again and again. */
export function withoutEnd(line: string): string {
  let end = line.length
  while (end > 0 && ' \t\r'.includes(line.charAt(end - 1))) end -= 1
  return end === line.length ? line : line.slice(0, end)
}

/** A slice of a string keeps all of the string in memory, and who keeps facts would keep every message. */
function copied(text: string): string {
  return Buffer.from(text).toString()
}
