import Type, { type Static } from 'typebox'
import { Episode, EpisodeKind, Oid, Tie } from './episode.ts'
import { globPattern, limits } from './limits.ts'
import { nextField } from './page.ts'

/** Names a repository: its id, or any path inside it. */
export const RepositoryName = Type.String({
  minLength: 1,
  maxLength: 4096,
  description: 'A repository id, or any path inside the repository.',
})

const Score = Type.Number({ description: 'Between 0 and 1; comparable within one answer.' })
const Line = Type.Integer({ minimum: 1 })

/** How a question is understood; each kind weighs the signals in its own way. */
export const QuestionKind = Type.Union(
  [
    Type.Literal('prose'),
    Type.Literal('code'),
    Type.Literal('path'),
    Type.Literal('diff'),
    Type.Literal('commit'),
  ],
  { description: 'How a question is understood; each kind weighs the signals in its own way.' },
)
export type QuestionKind = Static<typeof QuestionKind>

/** What narrows an answer. */
export const Filters = Type.Object({
  path: Type.Optional(
    Type.String({
      maxLength: 1024,
      pattern: globPattern,
      description: 'A glob that one of the paths must match.',
    }),
  ),
  author: Type.Optional(
    Type.String({ maxLength: 256, description: 'A part of the name or of the address.' }),
  ),
  since: Type.Optional(Type.String({ maxLength: 64, description: 'A date, or an age such as `2 weeks`.' })),
  until: Type.Optional(Type.String({ maxLength: 64, description: 'A date, or an age such as `2 weeks`.' })),
  kind: Type.Optional(EpisodeKind),
  asOf: Type.Optional(
    Type.String({ maxLength: 256, description: 'A revision; only its ancestors are seen, itself included.' }),
  ),
})
export type Filters = Static<typeof Filters>

/** A piece of a commit that answers the question, with its place. */
export const HitPassage = Type.Object({
  path: Type.String({ description: 'Empty for the message.' }),
  startLine: Type.Integer({ minimum: 0 }),
  endLine: Type.Integer({ minimum: 0 }),
  text: Type.String({
    description: 'Untrusted text from the repository; control characters are shown as symbols.',
  }),
})
export type HitPassage = Static<typeof HitPassage>

/** A signal's share of a score. */
const Signals = Type.Record(Type.String(), Type.Number())

/** One remembered commit that answers the question. */
export const Hit = Type.Object({
  repository: Type.String(),
  oid: Oid,
  subject: Type.String(),
  author: Type.String(),
  time: Type.String(),
  score: Score,
  identity: Type.String(),
  kind: EpisodeKind,
  reachable: Type.Boolean(),
  passages: Type.Array(HitPassage),
  was: Type.Array(Type.String({ description: 'Oids this commit had before it was rewritten.' })),
  revertedBy: Type.Optional(Oid),
  signals: Type.Optional(Signals),
})
export type Hit = Static<typeof Hit>

/** What recall found. No hits and a reason means that nothing fits well enough. */
export const RecallAnswer = Type.Object({
  question: Type.String(),
  kind: QuestionKind,
  hits: Type.Array(Hit),
  abstained: Type.Boolean({
    description: 'Whether something was found but is not good enough to be an answer.',
  }),
  confidence: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'How well the best of what was found covers the question, even where there is no answer.',
    }),
  ),
  reason: Type.Optional(Type.String()),
  tookMs: Type.Number(),
})
export type RecallAnswer = Static<typeof RecallAnswer>

/** A commit that shaped a line, and how. */
export const WhyEpisode = Type.Object({
  oid: Oid,
  subject: Type.String(),
  author: Type.String(),
  time: Type.String(),
  role: Type.Union([
    Type.Literal('last-changed'),
    Type.Literal('shaped'),
    Type.Literal('introduced'),
    Type.Literal('fixed'),
    Type.Literal('reverted'),
    Type.Literal('followed'),
    Type.Literal('fixes'),
    Type.Literal('reverts'),
  ]),
  path: Type.String(),
  lines: Type.Array(Line),
  reason: Type.String({ description: 'The part of the message that says why; empty when it says nothing.' }),
})
export type WhyEpisode = Static<typeof WhyEpisode>

/** Why a line, a range or a file is as it is. */
export const WhyAnswer = Type.Object({
  file: Type.String(),
  line: Type.Optional(Line),
  endLine: Type.Optional(Line),
  text: Type.Array(Type.String({ description: 'The lines asked about, as they are now.' })),
  episodes: Type.Array(WhyEpisode),
  ties: Type.Array(Tie),
  confidence: Type.Number({ minimum: 0, maximum: 1 }),
  doubts: Type.Array(Type.String({ description: 'What lowers the confidence, in words.' })),
})
export type WhyAnswer = Static<typeof WhyAnswer>

/** A file that changes together with those asked about. */
export const RelatedFile = Type.Object({
  path: Type.String(),
  support: Type.Integer({ minimum: 0, description: 'Commits that changed both.' }),
  confidence: Type.Number({
    minimum: 0,
    maximum: 1,
    description: 'Share of those commits among all that changed the asked ones.',
  }),
  missing: Type.Boolean({
    description: 'Whether a staged change usually contains it and this one does not.',
  }),
  evidence: Type.Array(Type.Object({ oid: Oid, subject: Type.String() })),
})
export type RelatedFile = Static<typeof RelatedFile>

/** What else must change. */
export const RelatedAnswer = Type.Object({
  asked: Type.Array(Type.String()),
  files: Type.Array(RelatedFile),
  abstained: Type.Boolean(),
  reason: Type.Optional(Type.String()),
  precision: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'Measured on this repository: how often such an alarm was right.',
    }),
  ),
})
export type RelatedAnswer = Static<typeof RelatedAnswer>

/** One piece of a context pack. */
export const ContextBlock = Type.Object({
  text: Type.String(),
  tokens: Type.Integer({ minimum: 0 }),
  citations: Type.Array(
    Type.Object({
      oid: Oid,
      path: Type.Optional(Type.String()),
      startLine: Type.Optional(Line),
      endLine: Type.Optional(Line),
    }),
  ),
})
export type ContextBlock = Static<typeof ContextBlock>

/** What to read before a task, within a budget of tokens. */
export const ContextAnswer = Type.Object({
  tokens: Type.Integer({ minimum: 0 }),
  budget: Type.Integer({ minimum: 0 }),
  blocks: Type.Array(ContextBlock),
})
export type ContextAnswer = Static<typeof ContextAnswer>

/** An episode with the links that lead from it and to it. */
export const ShowAnswer = Type.Object({
  repository: Type.String(),
  episode: Episode,
  ties: Type.Array(Tie),
  subjects: Type.Record(Type.String(), Type.String(), {
    description: 'Subjects of the commits that the ties name.',
  }),
  was: Type.Array(Type.String()),
  now: Type.Optional(
    Type.String({
      description: 'The commit that this one was rewritten to; its subject is among `subjects`.',
    }),
  ),
})
export type ShowAnswer = Static<typeof ShowAnswer>

/** A stretch of the history, newest first. */
export const TimelineAnswer = Type.Object({
  items: Type.Array(
    Type.Object({
      oid: Oid,
      subject: Type.String(),
      author: Type.String(),
      time: Type.String(),
      kind: EpisodeKind,
      files: Type.Integer({ minimum: 0 }),
      reachable: Type.Boolean(),
    }),
  ),
  ...nextField,
})
export type TimelineAnswer = Static<typeof TimelineAnswer>

/** A question in words or code. */
export const Question = Type.String({ minLength: 1, maxLength: limits.questionBytes })
