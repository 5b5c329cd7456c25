import type { WhyAnswer, WhyEpisode } from '../../contract/answers.ts'
import type { Tie } from '../../contract/episode.ts'
import { AiosError } from '../../contract/errors.ts'
import type { EpisodeRow } from '../store/store.ts'
import { doubtsAbout } from './doubts.ts'
import { isoTime } from './episode.ts'
import type { Memory } from './memory.ts'
import { parseMessage } from './message.ts'
import { newestFirst } from './order.ts'

/** A line as blame sees it. */
export interface BlamedLine {
  readonly oid: string
  readonly line: number
  readonly path: string
  readonly text: string
  /** Its number in that commit. */
  readonly born: number
  /** When that commit was made, in seconds. */
  readonly time: number
  /** Where the file was before that commit. */
  readonly previous?: { readonly oid: string; readonly path: string }
  /** Whether the history ends here because the repository is shallow. */
  readonly boundary: boolean
}

/** What the history of lines is read with. */
export interface LineHistory {
  blame(path: string, range: LineRange | undefined, signal: AbortSignal): Promise<BlamedLine[]>
  /** Returns the commits that touched these lines, through renames. */
  lineCommits(blamed: readonly BlamedLine[], signal: AbortSignal): Promise<Touching>
  /** Returns the commits that touched this file, through renames. */
  fileCommits(path: string, signal: AbortSignal): Promise<Touching>
}

/** Commits that touched something, newest first. */
interface Touching {
  readonly oids: readonly string[]
  /** Whether the last of them is where it began. */
  readonly complete: boolean
}

/** Lines from first to last, both included. */
export interface LineRange {
  readonly start: number
  readonly end: number
}

/** What `why` is asked. */
export interface WhyQuestion {
  readonly path: string
  readonly line?: number | undefined
  readonly endLine?: number | undefined
}

/** Commits named in one answer. */
const mostEpisodes = 12
/** Lines shown of what was asked about. */
const shownLines = 40

/**
 * Says why a line, a range or a file is as it is: who wrote the lines last, what shaped them before, and what
 * those commits fixed, reverted or followed, with the reasons in their authors' words.
 */
export async function why(
  question: WhyQuestion,
  memory: Memory,
  history: LineHistory,
  signal: AbortSignal,
): Promise<WhyAnswer> {
  const range = rangeOf(question)
  const blamed = range === undefined ? [] : await history.blame(question.path, range, signal)
  if (range !== undefined && blamed.length === 0) throw beyondTheEnd(question)
  const shaping =
    range === undefined
      ? await history.fileCommits(question.path, signal)
      : await history.lineCommits(blamed, signal)
  if (shaping.oids.length === 0 && blamed.length === 0) throw neverThere(question)
  // Where the history of lines was cut, nobody knows what the first commit is; of a file the memory does.
  const first = shaping.complete
    ? shaping.oids.at(-1)
    : range === undefined
      ? firstTouching(question.path, memory)
      : undefined
  const roles = rolesOf(blamed, shaping.oids, first, memory)
  const rows = await memory.store.episodes([...roles.keys()])
  const episodes = rows.map((row) => describe(row, roles.get(row.oid) ?? 'shaped', question.path, blamed))
  const doubts = doubtsAbout({ episodes, blamed, rows, memory })
  return {
    file: question.path,
    ...(range === undefined ? {} : { line: range.start, endLine: range.end }),
    text: blamed.slice(0, shownLines).map((line) => line.text),
    episodes,
    ties: tiesAmong(roles, memory),
    confidence: confidenceAfter(doubts.length, episodes.length),
    doubts,
  }
}

function firstTouching(path: string, { graph, isReachable }: Memory): string | undefined {
  const [first] = graph
    .touching(path)
    .filter((ordinal) => isReachable(graph.oid(ordinal)))
    .toSorted(newestFirst(graph))
    .slice(-1)
  return first === undefined ? undefined : graph.oid(first)
}

function rangeOf({ line, endLine }: WhyQuestion): LineRange | undefined {
  if (line === undefined) return undefined
  if (endLine !== undefined && endLine < line) {
    throw new AiosError('request.invalid', `The range ${line}-${endLine} ends before it begins.`)
  }
  return { start: line, end: endLine ?? line }
}

function beyondTheEnd({ path, line }: WhyQuestion): AiosError {
  return new AiosError('request.invalid', `${path} has no line ${line} in HEAD.`)
}

function neverThere({ path }: WhyQuestion): AiosError {
  return new AiosError('path.unknown', `No commit of HEAD ever touched ${path}.`)
}

type Role = WhyEpisode['role']

/** Each commit with its part in the story, the most telling first. */
function rolesOf(
  blamed: readonly BlamedLine[],
  shaping: readonly string[],
  oldest: string | undefined,
  memory: Memory,
): Map<string, Role> {
  const roles = new Map<string, Role>()
  const add = (oid: string, role: Role) => {
    if (roles.size < mostEpisodes && !roles.has(oid) && memory.graph.ordinalOf(oid) !== undefined)
      roles.set(oid, role)
  }
  for (const oid of mostLinesFirst(blamed)) add(oid, 'last-changed')
  if (blamed.length === 0 && shaping[0] !== undefined) add(shaping[0], 'last-changed')
  const storytellers = [...roles.keys(), ...shaping.slice(0, mostEpisodes)]
  for (const oid of storytellers) for (const [other, role] of tiedTo(oid, memory)) add(other, role)
  for (const oid of shaping.slice(0, mostEpisodes - 1)) add(oid, oid === oldest ? 'introduced' : 'shaped')
  if (oldest !== undefined && !roles.has(oldest)) {
    if (roles.size === mostEpisodes) roles.delete([...roles.keys()].at(-1) ?? '')
    add(oldest, 'introduced')
  }
  return roles
}

function mostLinesFirst(blamed: readonly BlamedLine[]): string[] {
  const lines = new Map<string, number>()
  for (const { oid } of blamed) lines.set(oid, (lines.get(oid) ?? 0) + 1)
  return [...lines].toSorted((a, b) => b[1] - a[1]).map(([oid]) => oid)
}

/** The commits that a commit speaks of, and those that speak of it, with the part they play. */
function tiedTo(oid: string, { graph, ties }: Memory): [string, Role][] {
  const ordinal = graph.ordinalOf(oid)
  if (ordinal === undefined) return []
  return [
    ...telling(ties.from(ordinal)).map((tie): [string, Role] => [tie.to, told[tie.kind]]),
    ...telling(ties.to(ordinal)).map((tie): [string, Role] => [tie.from, tells[tie.kind]]),
  ]
}

/** A message that mentions many commits is a list; what it fixes or reverts among them still counts. */
function telling(ties: readonly Tie[]): readonly Tie[] {
  const mentions = ties.filter(({ kind }) => kind === 'references').length
  return mentions <= mostMentions ? ties : ties.filter(({ kind }) => kind !== 'references')
}

const mostMentions = 3

/** The part of the commit that a message speaks of. */
const told: Readonly<Record<Tie['kind'], Role>> = {
  reverts: 'reverted',
  fixes: 'fixed',
  follows: 'followed',
  'cherry-picks': 'followed',
  references: 'followed',
  rewrites: 'followed',
}

/** The part of the commit whose message speaks. */
const tells: Readonly<Record<Tie['kind'], Role>> = {
  reverts: 'reverts',
  fixes: 'fixes',
  follows: 'shaped',
  'cherry-picks': 'shaped',
  references: 'shaped',
  rewrites: 'shaped',
}

function describe(row: EpisodeRow, role: Role, path: string, blamed: readonly BlamedLine[]): WhyEpisode {
  const { subject } = parseMessage(row.message)
  const own = blamed.filter((line) => line.oid === row.oid)
  return {
    oid: row.oid,
    subject,
    author: row.author.name,
    time: isoTime(row.author),
    role,
    path: own[0]?.path ?? path,
    lines: own.map((line) => line.line),
    reason: reasonIn(row.message),
  }
}

const longestReason = 700

/** The message without subject and trailers, as far as a person reads. */
function reasonIn(message: string): string {
  const { body, trailers } = parseMessage(message)
  const paragraphs = body.split('\n\n')
  if (trailers.length > 0) paragraphs.pop()
  const text = paragraphs.join('\n\n').trim()
  return text.length <= longestReason ? text : `${text.slice(0, longestReason).trimEnd()} …`
}

function tiesAmong(roles: ReadonlyMap<string, Role>, { graph, ties }: Memory): Tie[] {
  return [...roles.keys()].flatMap((oid) => {
    const ordinal = graph.ordinalOf(oid)
    return ordinal === undefined ? [] : ties.from(ordinal).filter((tie) => roles.has(tie.to))
  })
}

/** Each doubt takes a third of what is left. */
function confidenceAfter(doubts: number, episodes: number): number {
  return episodes === 0 ? 0 : Math.round(0.95 * (2 / 3) ** doubts * 100) / 100
}
