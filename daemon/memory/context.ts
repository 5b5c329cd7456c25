import type { ContextAnswer, ContextBlock, Hit } from '../../contract/answers.ts'
import { AiosError } from '../../contract/errors.ts'
import type { InputOf } from '../../contract/route.ts'
import type { routes } from '../../contract/routes.ts'
import type { Memory } from './memory.ts'
import { newestFirst } from './order.ts'
import { everything, recallAmong, type Sight } from './recall.ts'
import { related, type RelatedParts } from './related.ts'
import type { CountTokens } from './tokens.ts'

type Question = InputOf<typeof routes.context>

/** What a pack is made with. */
export interface ContextParts extends RelatedParts {
  /** Returns the paths that a range of revisions changes. */
  readonly rangePaths: (range: string, signal: AbortSignal) => Promise<string[]>
  readonly countTokens: () => Promise<CountTokens>
  /** From where memory is looked at; from now when it is not said. */
  readonly sight?: Sight
}

/** Answers of recall that are considered for a pack. */
const consideredHits = 20
/** Commits of each path that are considered. */
const commitsPerPath = 5

/**
 * Packs what to know before a task into a budget of tokens: what recall finds, the last commits of the files,
 * and the files that change with them.
 *
 * Deterministic; nothing stands twice; each block names its commits; the most useful come first, and a block
 * that does not fit gives way to the next smaller one.
 */
export async function context(
  input: Question,
  parts: ContextParts,
  signal: AbortSignal,
): Promise<ContextAnswer> {
  const { memory } = parts
  const paths = await pathsOf(input, parts, signal)
  if (input.task === undefined && paths.length === 0) throw nothingAsked(input)
  const drafts = distinct([
    ...(input.task === undefined ? [] : await fromTask(input.task, parts, signal)),
    ...(await fromRelated(paths, parts, signal)),
    ...fromPaths(paths, memory),
  ])
  const budget = input.budget ?? memory.config.context.budget
  const blocks = fill(drafts, budget, await parts.countTokens())
  return { tokens: blocks.reduce((sum, block) => sum + block.tokens, 0), budget, blocks }
}

interface Draft extends Omit<ContextBlock, 'tokens'> {
  /** The commit that the block tells of; a second block about it would say the same again. */
  readonly about?: string
}

async function pathsOf(input: Question, parts: ContextParts, signal: AbortSignal): Promise<string[]> {
  const staged = input.staged === true ? await parts.stagedPaths(signal) : []
  const changed = input.diff === undefined ? [] : await parts.rangePaths(input.diff, signal)
  return [...new Set([...(input.paths ?? []), ...staged, ...changed])]
}

function nothingAsked(input: Question): AiosError {
  const message =
    input.staged === true
      ? 'Nothing is staged.'
      : 'Say what the task is, or name paths, a range, or the staged change.'
  return new AiosError('request.invalid', message)
}

async function fromTask(
  task: string,
  { memory, sight = everything }: ContextParts,
  signal: AbortSignal,
): Promise<Draft[]> {
  const question = { question: task, repository: memory.id, limit: consideredHits }
  const answer = await recallAmong(question, memory, sight, signal)
  return answer.hits.map(blockOfHit)
}

function blockOfHit(hit: Hit): Draft {
  const head = `${hit.oid.slice(0, 10)} ${hit.time.slice(0, 10)} ${hit.subject}`
  const reverted = hit.revertedBy === undefined ? [] : [`(reverted by ${hit.revertedBy.slice(0, 10)})`]
  const told = hit.passages.filter(({ text }) => text.trim() !== '')
  const texts = told.map(({ path, startLine, endLine, text }) =>
    path === '' ? text : `${path}:${startLine}-${endLine}\n${text}`,
  )
  const places = told.filter(({ path, startLine }) => path !== '' && startLine > 0)
  return {
    about: hit.oid,
    text: [head, ...reverted, ...texts].join('\n'),
    citations: [
      { oid: hit.oid },
      ...places.map(({ path, startLine, endLine }) => ({
        oid: hit.oid,
        path,
        startLine,
        endLine: Math.max(startLine, endLine),
      })),
    ],
  }
}

async function fromRelated(paths: string[], parts: ContextParts, signal: AbortSignal): Promise<Draft[]> {
  if (paths.length === 0) return []
  const { files } = await related({ repository: parts.memory.id, paths, limit: 8 }, parts, signal)
  if (files.length === 0) return []
  const lines = files.map(
    ({ path, support, confidence }) => `${path} (${support} commits, ${Math.round(confidence * 100)} %)`,
  )
  return [
    {
      text: ['What changes together with these:', ...lines].join('\n'),
      citations: files.flatMap(({ path, evidence }) =>
        evidence.slice(0, 1).map(({ oid }) => ({ oid, path })),
      ),
    },
  ]
}

/** The newest commits of each path, one path after the other, so that none is forgotten; each commit once. */
function fromPaths(paths: readonly string[], { graph }: Memory): Draft[] {
  const order = newestFirst(graph)
  const perPath = paths.map((path) =>
    graph
      .touching(path)
      .toSorted(order)
      .slice(0, commitsPerPath)
      .map((ordinal) => ({ path, ordinal })),
  )
  const inTurn = Array.from({ length: commitsPerPath }).flatMap((_nothing, turn) =>
    perPath.flatMap((list) => list[turn] ?? []),
  )
  return [...Map.groupBy(inTurn, ({ ordinal }) => ordinal)].map(([ordinal, touched]) => {
    const oid = graph.oid(ordinal)
    const names = touched.map(({ path }) => path)
    return {
      text: `${names.join(', ')}: ${oid.slice(0, 10)} ${graph.subject(ordinal)}`,
      citations: names.map((path) => ({ oid, path })),
      about: oid,
    }
  })
}

function distinct(drafts: readonly Draft[]): Draft[] {
  return [...new Map(drafts.map((draft) => [draft.text, draft])).values()]
}

/** Blocks are set apart by an empty line, which costs a token. */
const separatorTokens = 1

/** Returns the drafts that a budget holds, counted; the first come first. */
export function fill(drafts: readonly Draft[], budget: number, countTokens: CountTokens): ContextBlock[] {
  const blocks: ContextBlock[] = []
  let left = budget
  const told = new Set<string>()
  for (const { about, ...block } of drafts) {
    if (about !== undefined && told.has(about)) continue
    const tokens = countTokens(block.text) + separatorTokens
    if (tokens > left) continue
    if (about !== undefined) told.add(about)
    blocks.push({ ...block, tokens })
    left -= tokens
  }
  return blocks
}
