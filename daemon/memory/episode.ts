import type { CommitHeader, Signature } from '../../contract/commit.ts'
import type { Change, Episode, Person } from '../../contract/episode.ts'
import type { DetailRow, EpisodeRow } from '../store/store.ts'
import { languageOf } from './language.ts'
import { subjectOf } from '../store/facts.ts'
import { kindOf, parseMessage } from './message.ts'
import { commitsNamed, formatLinks } from './references.ts'

/** What is known of a commit besides its rows. */
export interface Standing {
  readonly identity: string
  readonly reachable: boolean
}

/** Returns the row to keep for a commit whose message has had its secrets taken out. */
export function episodeRow(header: CommitHeader, message: string, redactions: number): EpisodeRow {
  const { oid, tree, parents, author, committer } = header
  const changes = header.changes.map(({ path, oldPath, status }) => ({
    path,
    status,
    ...(oldPath === undefined ? {} : { oldPath }),
  }))
  const subject = subjectOf(message)
  const links = formatLinks(commitsNamed(subject, message.slice(message.indexOf('\n') + 1)))
  return { oid, tree, parents, author, committer, message, changes, redactions, links }
}

/** Returns what a commit means, from what is kept of it. */
export function episodeOf(row: EpisodeRow, detail: DetailRow | undefined, standing: Standing): Episode {
  const { subject, body, trailers, conventional, session, references } = parseMessage(row.message)
  return {
    oid: row.oid,
    identity: standing.identity,
    parents: [...row.parents],
    tree: row.tree,
    author: personOf(row.author),
    committer: personOf(row.committer),
    subject,
    body,
    trailers: [...trailers],
    kind: kindOf(subject, row.parents.length),
    changes: changesOf(row, detail),
    symbols: [...(detail?.symbols ?? [])],
    tokens: detail?.tokens ?? 0,
    references,
    reachable: standing.reachable,
    redactions: row.redactions + (detail?.redactions ?? 0),
    complete: detail !== undefined,
    ...(conventional === undefined ? {} : { conventional }),
    ...(session === undefined ? {} : { session }),
    ...(detail?.patchId === undefined ? {} : { patchId: detail.patchId }),
  }
}

/** Returns a moment as ISO 8601 with its own zone; empty when four digits do not hold the year. */
export function isoTime({ time, zone }: Pick<Signature, 'time' | 'zone'>): string {
  const local = new Date((time + zone * 60) * 1000)
  const year = local.getUTCFullYear()
  if (!(year >= 0 && year <= 9999) || Math.abs(zone) >= 24 * 60) return ''
  const hours = String(Math.trunc(Math.abs(zone) / 60)).padStart(2, '0')
  const minutes = String(Math.abs(zone) % 60).padStart(2, '0')
  return `${local.toISOString().slice(0, 19)}${zone < 0 ? '-' : '+'}${hours}:${minutes}`
}

function personOf(signature: Signature): Person {
  return { name: signature.name, email: signature.email, time: isoTime(signature) }
}

function changesOf(row: EpisodeRow, detail: DetailRow | undefined): Change[] {
  const counts = new Map(detail?.counts.map((count) => [count.path, count]))
  return row.changes.map(({ path, oldPath, status }) => {
    const count = counts.get(path)
    const language = languageOf(path)
    return {
      path,
      status,
      additions: count?.additions ?? 0,
      deletions: count?.deletions ?? 0,
      binary: count?.binary ?? false,
      ...(oldPath === undefined ? {} : { oldPath }),
      ...(language === undefined ? {} : { language }),
    }
  })
}
