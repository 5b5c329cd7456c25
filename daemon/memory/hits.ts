import type { Hit, HitPassage } from '../../contract/answers.ts'
import type { Headline, Match } from '../store/store.ts'
import { isoTime } from './episode.ts'
import type { Memory } from './memory.ts'
import { parseMessage } from './message.ts'
import type { Candidate } from './rank.ts'
import { snippetOf } from './snippet.ts'
import { termsOf } from '../../native-workers/tokenise.ts'
import { stemOf } from './words.ts'

/** Pieces of code shown with one answer. */
const shownPieces = 2
/** Answers beyond these are listed with the place that matched, without its text: git takes milliseconds for each. */
const answersWithText = 5

/** Returns candidates as they are shown: with subject, author, and the text that matched, read back from git. */
export async function describeHits(
  candidates: readonly Candidate[],
  words: readonly string[],
  memory: Memory,
  explain: boolean,
  signal: AbortSignal,
): Promise<Hit[]> {
  const [rows, ...pieces] = await Promise.all([
    memory.store.headlines(candidates.map(({ oid }) => oid)),
    ...candidates.map((candidate, index) =>
      index < answersWithText ? piecesOf(candidate, words, memory, signal) : placesOf(candidate),
    ),
  ])
  const byOid = new Map(rows.map((row) => [row.oid, row]))
  return candidates.flatMap((candidate, index) => {
    const row = byOid.get(candidate.oid)
    if (row === undefined) return []
    return describe(row, candidate, [...messageOf(row, words), ...(pieces[index] ?? [])], memory, explain)
  })
}

function describe(
  row: Headline,
  candidate: Candidate,
  passages: HitPassage[],
  memory: Memory,
  explain: boolean,
): Hit {
  const { graph } = memory
  const { subject } = parseMessage(row.message)
  // One that is not known has no author and no kind.
  const ordinal = graph.ordinalOf(row.oid) ?? -1
  const reverts = memory.ties.to(ordinal).filter((tie) => tie.kind === 'reverts')
  const revertedBy = reverts[0]?.from
  return {
    repository: memory.id,
    oid: row.oid,
    subject,
    author: graph.author(ordinal).name,
    time: isoTime({ time: graph.authorTime(ordinal), zone: graph.authorZone(ordinal) }),
    score: candidate.score,
    identity: memory.identities.identityOf(row.oid),
    kind: graph.kind(ordinal),
    reachable: memory.isReachable(row.oid),
    passages,
    was: memory.identities.was(row.oid),
    ...(revertedBy === undefined ? {} : { revertedBy }),
    ...(explain ? { signals: { ...candidate.signals } } : {}),
  }
}

async function piecesOf(
  candidate: Candidate,
  words: readonly string[],
  memory: Memory,
  signal: AbortSignal,
): Promise<HitPassage[]> {
  const matches = candidate.passages.slice(0, shownPieces)
  if (matches.length === 0) return []
  const paths = [...new Set(matches.flatMap(({ path }) => path ?? []))]
  const patch = await memory.patches.patchOf(candidate.oid, paths, signal)
  return matches.flatMap((match) => {
    const place = placeOf(match)
    if (place === undefined) return []
    return (patch && snippetOf(patch, place, words)) ?? { ...place, text: '' }
  })
}

function placesOf(candidate: Candidate): HitPassage[] {
  const places = candidate.passages.slice(0, shownPieces).flatMap((match) => placeOf(match) ?? [])
  return places.map((place) => ({ ...place, text: '' }))
}

function placeOf(match: Match): { path: string; startLine: number; endLine: number } | undefined {
  const { path, startLine, endLine } = match
  return path === undefined || startLine === undefined || endLine === undefined
    ? undefined
    : { path, startLine, endLine }
}

const longestParagraph = 600

/** The paragraph of the message that has most of the question's words; nothing when there is only a subject. */
function messageOf(row: Headline, words: readonly string[]): HitPassage[] {
  const wanted = new Set(words.map(stemOf))
  const { body, trailers } = parseMessage(row.message)
  const paragraphs = body.split('\n\n').filter((paragraph) => paragraph !== '')
  if (trailers.length > 0) paragraphs.pop()
  const ranked = paragraphs
    .map((text) => ({ text, hits: new Set(termsOf(text).map(stemOf)).intersection(wanted).size }))
    .toSorted((a, b) => b.hits - a.hits)
  const best = ranked[0]
  return best === undefined
    ? []
    : [{ path: '', startLine: 0, endLine: 0, text: best.text.slice(0, longestParagraph) }]
}
