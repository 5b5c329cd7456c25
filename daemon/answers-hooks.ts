import type { HookedCommand } from '../contract/hooks.ts'
import type { Answers, InputOf, ReplyOf } from '../contract/route.ts'
import type { routes } from '../contract/routes.ts'
import { denialOf } from './bus/hook-denial.ts'
import type { HookBus } from './bus/hooks.ts'
import { fill } from './memory/context.ts'

type Routes = typeof routes

/** What answers are guarded with. */
export interface GuardParts {
  readonly hooks: HookBus
  /** Returns the id of the repository that a name or a path means; undefined when there is none. */
  readonly repositoryOf: (name: string) => Promise<string | undefined>
  readonly countTokens: () => Promise<(text: string) => number>
}

/**
 * Returns the same answers behind the hooks of their routes.
 *
 * Every door asks these answers, so that the same gate holds whichever is used.
 */
export function guardAnswers(answers: Answers<Routes>, parts: GuardParts): Answers<Routes> {
  const guarded: Pick<Answers<Routes>, HookedCommand> = {
    addRepository: guard('addRepository', answers.addRepository, parts),
    forgetRepository: guard('forgetRepository', answers.forgetRepository, parts),
    reindexRepository: guard('reindexRepository', answers.reindexRepository, parts),
    catchUp: guard('catchUp', answers.catchUp, parts),
    suggestions: guard('suggestions', answers.suggestions, parts),
    why: guard('why', answers.why, parts),
    related: guard('related', answers.related, parts),
    show: guard('show', answers.show, parts),
    timeline: guard('timeline', answers.timeline, parts),
  }
  return {
    ...answers,
    ...guarded,
    recall: (input, signal) => recallThrough(input, answers.recall, parts, signal),
    context: (input, signal) => contextThrough(input, answers.context, parts, signal),
  }
}

type Answer<Input, Reply> = (input: Input, signal: AbortSignal) => Promise<Reply>

function guard<Input extends { repository?: string; path?: string }, Reply>(
  command: HookedCommand,
  answer: Answer<Input, Reply>,
  parts: GuardParts,
): Answer<Input, Reply> {
  const { hooks } = parts
  return async (input, signal) => {
    if (!hooks.isHeard(`before:${command}`) && !hooks.isHeard(`after:${command}`))
      return answer(input, signal)
    const began = performance.now()
    const asked = { command, input, ...(await repositoryIn(input, parts)) }
    const outcome = await hooks.run(`before:${command}`, asked, signal)
    if (outcome.decision === 'deny') throw denialOf(outcome)
    const reply = await answer(input, signal)
    const ms = performance.now() - began
    await hooks.run(`after:${command}`, { ...asked, ms }, signal)
    return reply
  }
}

async function recallThrough(
  input: InputOf<Routes['recall']>,
  answer: Answers<Routes>['recall'],
  parts: GuardParts,
  signal: AbortSignal,
): Promise<ReplyOf<Routes['recall']>> {
  const { hooks } = parts
  if (!hooks.isHeard('before:recall') && !hooks.isHeard('after:recall')) return answer(input, signal)
  const place = await repositoryIn(input, parts)
  const before = await hooks.run('before:recall', { ...input, ...place }, signal)
  if (before.decision === 'deny') throw denialOf(before)
  // The name stays as it was given: a path may mean a linked worktree, an id never does.
  const reply = await answer({ ...before.data, ...nameIn(input) }, signal)
  const after = await hooks.run('after:recall', { ...reply, ...place }, signal)
  const { repository: _repository, ...amended } = after.data
  return amended
}

async function contextThrough(
  input: InputOf<Routes['context']>,
  answer: Answers<Routes>['context'],
  parts: GuardParts,
  signal: AbortSignal,
): Promise<ReplyOf<Routes['context']>> {
  const { hooks } = parts
  if (!hooks.isHeard('before:context') && !hooks.isHeard('after:context')) return answer(input, signal)
  const place = { repository: input.repository, ...(await repositoryIn(input, parts)) }
  const before = await hooks.run('before:context', { ...input, ...place }, signal)
  if (before.decision === 'deny') throw denialOf(before)
  const reply = await answer({ ...before.data, repository: input.repository }, signal)
  const given = { ...reply, ...place }
  const after = await hooks.run('after:context', given, signal)
  return after.data === given ? reply : fitted(reply.budget, after.data.blocks, parts)
}

/** Counts what listeners have written, and leaves out what the budget does not hold. */
async function fitted(
  budget: number,
  blocks: ReplyOf<Routes['context']>['blocks'],
  { countTokens }: GuardParts,
): Promise<ReplyOf<Routes['context']>> {
  const kept = fill(blocks, budget, await countTokens())
  return { budget, blocks: kept, tokens: kept.reduce((sum, block) => sum + block.tokens, 0) }
}

function nameIn({ repository }: { repository?: string | undefined }): { repository?: string } {
  return repository === undefined ? {} : { repository }
}

/** Returns the id of the repository that is asked about; a name that means none is for the answer to refuse. */
async function repositoryIn(
  { repository, path }: { repository?: string; path?: string },
  { repositoryOf }: GuardParts,
): Promise<{ repository?: string }> {
  const name = repository ?? path
  return name === undefined ? {} : nameIn({ repository: await repositoryOf(name) })
}
