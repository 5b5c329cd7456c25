import Type from 'typebox'
import { RepositoryName } from './answers.ts'
import { EvaluationNews, EvaluationOrder } from './evaluation.ts'
import { streamRoute } from './route.ts'

/** The route that measures how good the answers are. */
export const evaluationRoutes = {
  evaluate: streamRoute({
    method: 'POST',
    path: '/v1/repositories/:repository/evaluation',
    summary:
      'Measure recall on questions that the history itself answers; ends when the caller goes away. One at a time.',
    role: 'writer',
    cost: 'heavy',
    input: Type.Object({ repository: RepositoryName, ...EvaluationOrder.properties }),
    reply: EvaluationNews,
  }),
} as const
