import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { AiosError } from '../contract/errors.ts'
import type { EvaluationNews } from '../contract/evaluation.ts'
import type { Answers, InputOf } from '../contract/route.ts'
import type { routes } from '../contract/routes.ts'
import type { StateFolders } from '../contract/state.ts'
import { evaluateApart } from './evaluator.ts'
import type { Repositories } from './repositories.ts'

/** What evaluations are made with. */
export interface EvaluationDoor {
  readonly folders: StateFolders
  readonly repositories: Repositories
  readonly evaluatorEntry: URL
  readonly workersEntry: URL
  readonly trainerEntry: URL
  readonly now: () => number
}

type Evaluate = Answers<typeof routes>['evaluate']

/** Returns what answers `evaluate`: one at a time, each in a process of its own. */
export function openEvaluation(door: EvaluationDoor): Evaluate {
  const { folders } = door
  const scratch = join(folders.state, 'evaluations', 'scratch')
  // What a daemon left that was killed meanwhile.
  rmSync(scratch, { recursive: true, force: true })
  let running: string | undefined

  return async function* (input, signal) {
    if (running !== undefined)
      throw new AiosError('daemon.busy', `${running} is being evaluated; one evaluation at a time.`)
    running = input.repository
    try {
      yield* begin(input, join(scratch, randomUUID()), door, signal)
    } finally {
      running = undefined
    }
  }
}

async function* begin(
  { repository: name, ...order }: InputOf<(typeof routes)['evaluate']>,
  scratch: string,
  { folders, repositories, evaluatorEntry, workersEntry, trainerEntry, now }: EvaluationDoor,
  signal: AbortSignal,
): AsyncGenerator<EvaluationNews> {
  const held = await repositories.find(name)
  const { repository, config } = await held.open()
  const { id } = held.registration
  const moment = new Date(now()).toISOString().replaceAll(':', '-')
  const assignment = {
    kind: 'evaluate' as const,
    id,
    path: repository.root,
    order,
    config: config.config,
    scratch,
    folder: join(folders.state, 'evaluations', id, moment),
    workersEntry: workersEntry.href,
    trainerEntry: trainerEntry.href,
  }
  yield* evaluateApart(assignment, { entry: evaluatorEntry }, signal)
}
