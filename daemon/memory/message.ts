import type { Conventional, EpisodeKind, References, Session, Trailer } from '../../contract/episode.ts'
import { referencesOf } from './references.ts'
import { withoutEnd } from '../store/facts.ts'
import { sessionOf } from './session.ts'
import { trailersOf } from './trailers.ts'

/** What a commit message says, taken apart. */
export interface ParsedMessage {
  /** The first paragraph on one line, as `git log --format=%s` prints it. */
  readonly subject: string
  readonly body: string
  readonly trailers: readonly Trailer[]
  readonly conventional?: Conventional
  readonly session?: Session
  readonly references: References
}

/** Takes a message apart the way git and people write them. Never fails: what is not there is empty. */
export function parseMessage(message: string): ParsedMessage {
  const paragraphs = paragraphsOf(message)
  const subject = (paragraphs[0] ?? []).join(' ')
  const body = paragraphs
    .slice(1)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
  const trailers = trailersOf(message)
  const conventional = conventionalOf(subject)
  const session = sessionOf(subject, body, trailers)
  return {
    subject,
    body,
    trailers,
    references: referencesOf(subject, body),
    ...(conventional === undefined ? {} : { conventional }),
    ...(session === undefined ? {} : { session }),
  }
}

/** Says what a commit was made for, from its subject and the number of its parents. */
export function kindOf(subject: string, parents: number): EpisodeKind {
  if (/^session:/i.test(subject)) return 'session'
  if (/^(revert\b|revert:)/i.test(subject)) return 'revert'
  if (parents > 1) return 'merge'
  const type = conventionalOf(subject)?.type.toLowerCase()
  const byType = type === undefined ? undefined : kindsByType.get(type)
  if (byType !== undefined) return byType
  const rest = subject.replace(/^[\w./*-]+:\s+/, '')
  return kindsByWord.find(([pattern]) => pattern.test(rest))?.[1] ?? 'other'
}

const kindsByType: ReadonlyMap<string, EpisodeKind> = new Map(
  Object.entries({
    feat: 'feature',
    feature: 'feature',
    fix: 'fix',
    bugfix: 'fix',
    hotfix: 'fix',
    revert: 'revert',
    refactor: 'refactoring',
    perf: 'performance',
    docs: 'documentation',
    doc: 'documentation',
    test: 'test',
    tests: 'test',
    build: 'build',
    ci: 'build',
    chore: 'chore',
    style: 'chore',
  } as const),
)

const kindsByWord: readonly (readonly [RegExp, EpisodeKind])[] = [
  [/\b(fix(e[sd])?|bug|bugfix|crash|regression|leak|segfault|prevent|avoid|correct)\b/i, 'fix'],
  [/^(typo|docs?|documentation|readme|comment)\b|\b(typos?|documentation|changelog)\b/i, 'documentation'],
  [/^(refactor|rename|move|extract|simplify|clean ?up|remove|drop|reorgani[sz]e|convert)/i, 'refactoring'],
  [/\b(speed ?up|optimi[sz]e|optimi[sz]ation|faster|performance|perf)\b/i, 'performance'],
  [/^(tests?)\b|\btests?\b$/i, 'test'],
  [/^(ci|build|makefile|cmake|bump|release|upgrade|update dependenc)/i, 'build'],
  [/^(add|implement|introduce|support|allow|enable|teach|new)\b/i, 'feature'],
]

const conventionalHead = /^([a-zA-Z][\w-]{1,24})(?:\(([^()]{1,64})\))?(!)?:\s+\S/

function conventionalOf(subject: string): Conventional | undefined {
  const [, type, scope, bang] = conventionalHead.exec(subject) ?? []
  if (type === undefined || !kindsByType.has(type.toLowerCase())) return undefined
  return { type: type.toLowerCase(), breaking: bang !== undefined, ...(scope === undefined ? {} : { scope }) }
}

function paragraphsOf(message: string): string[][] {
  const paragraphs: string[][] = [[]]
  for (const line of message.split('\n').map(withoutEnd)) {
    if (line === '') paragraphs.push([])
    else paragraphs.at(-1)?.push(line)
  }
  return paragraphs.filter((lines) => lines.length > 0)
}
