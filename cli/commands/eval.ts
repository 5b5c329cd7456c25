import { AiosError } from '../../contract/errors.ts'
import {
  evaluationTasks,
  type EvaluationNews,
  type EvaluationReport,
  type EvaluationTask,
  type TaskResult,
} from '../../contract/evaluation.ts'
import { evaluationRoutes } from '../../contract/evaluation-routes.ts'
import { counted } from '../amount.ts'
import { command, type Context } from '../command.ts'
import { evaluationLine, printEvaluation, printTask } from '../evaluation-lines.ts'
import { answer, type Outcome } from '../outcome.ts'
import type { Terminal } from '../terminal.ts'

const interruptedExit = 130

export default command({
  name: 'eval',
  summary: 'measure how well the repository is remembered, by questions that its history answers',
  options: {
    task: {
      kind: 'list',
      flags: '-t, --task <task...>',
      summary: `only these: ${evaluationTasks.join(', ')}`,
    },
    sample: {
      kind: 'count',
      flags: '-n, --sample <count>',
      summary: 'questions of each task; 100 unless told',
    },
    seed: { kind: 'count', flags: '--seed <number>', summary: 'choose other questions' },
    tune: {
      kind: 'flag',
      flags: '--tune',
      summary: 'ask within the oldest 60 %, for whoever changes a weight; what is reported is never tuned on',
    },
  },
  examples: ['aios eval', 'aios eval --task hidden-message origin --sample 500', 'aios eval --json'],

  async run(context, _words, { task, sample, seed, tune }) {
    const tasks = task.map(taskOf)
    const client = await context.connect()
    const news = client.stream(evaluationRoutes.evaluate, {
      repository: context.repository,
      ...(tasks.length === 0 ? {} : { tasks }),
      ...(sample === undefined ? {} : { sample }),
      ...(seed === undefined ? {} : { seed }),
      ...(tune ? { part: 'oldest' as const } : {}),
    })
    return follow(news, context)
  },
})

/** `hidden message` is written as it is said, too. */
function taskOf(name: string): EvaluationTask {
  const wanted = name.toLowerCase().replaceAll(/[\s_]+/g, '-')
  const found = evaluationTasks.find((task) => task === wanted)
  if (found !== undefined) return found
  throw new AiosError('command.usage', `There is no task ${name}; there are ${evaluationTasks.join(', ')}.`)
}

/** Shows how far it is until the report comes; who interrupts it hears what was done until then. */
async function follow(news: AsyncIterable<EvaluationNews>, context: Context): Promise<Outcome> {
  const isShown = context.verbosity !== 'quiet' && !context.wantsJson
  const done: TaskResult[] = []
  try {
    for await (const one of news) {
      if (one.type === 'report') return answer('eval', one.report, printEvaluation)
      if (one.type === 'task') done.push(one.task)
      else if (isShown) context.notes.redraw(...evaluationLine(one, context.notes.width))
    }
  } catch (error) {
    if (!context.signal.aborted) throw error
    context.notes.redraw()
    return answer('eval', { interrupted: true, tasks: done }, printUnfinished, interruptedExit)
  } finally {
    context.notes.redraw()
  }
  throw new AiosError('evaluation.lost', 'The evaluation ended without a report.')
}

type Unfinished = Pick<EvaluationReport, 'interrupted' | 'tasks'>

function printUnfinished({ tasks }: Unfinished, terminal: Terminal): void {
  for (const task of tasks) printTask(task, terminal)
  terminal.line()
  terminal.line(`Interrupted; ${counted(tasks.length, 'task')} done.`)
}
