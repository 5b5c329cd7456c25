import type { EvaluationTask } from '../../contract/evaluation.ts'
import type { Task } from './ground.ts'
import { abstain } from './tasks/abstain.ts'
import { budget } from './tasks/budget.ts'
import { cited } from './tasks/cited.ts'
import { hiddenFile } from './tasks/hidden-file.ts'
import { hiddenMessage } from './tasks/hidden-message.ts'
import { origin } from './tasks/origin.ts'
import { prose } from './tasks/prose.ts'
import { revert } from './tasks/revert.ts'
import { rewrite } from './tasks/rewrite.ts'

/** Everything that is measured, by its name. */
export const tasks = {
  origin,
  prose,
  cited,
  revert,
  'hidden-message': hiddenMessage,
  'hidden-file': hiddenFile,
  rewrite,
  abstain,
  budget,
} satisfies Record<EvaluationTask, Task>
