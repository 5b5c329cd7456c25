import { taskRoutes } from '../../contract/task-routes.ts'
import { isEnding, TaskState, type Task } from '../../contract/task.ts'
import { command, group, type Context } from '../command.ts'
import { answer, type Outcome } from '../outcome.ts'
import { printTask, printTaskLine } from '../task-lines.ts'
import { styled, type Terminal } from '../terminal.ts'

const states = TaskState.anyOf.map(({ const: state }) => state)
const task = { name: '<task>', summary: 'its id, from `aios task list`' }

const list = command({
  name: 'list',
  summary: 'list long work, newest first',
  options: {
    state: { kind: 'text', flags: '--state <state>', summary: 'only those in this state', choices: states },
    limit: { kind: 'count', flags: '-n, --limit <count>', summary: 'how many' },
    cursor: { kind: 'text', flags: '--cursor <cursor>', summary: 'go on where the last list ended' },
  },
  examples: ['aios task list', 'aios task list --state dead'],

  async run({ connect }, _words, { state: named, limit, cursor }) {
    const client = await connect()
    const state = states.find((known) => known === named)
    const found = await client.call(taskRoutes.tasks, {
      ...(state === undefined ? {} : { state }),
      ...(limit === undefined ? {} : { limit }),
      ...(cursor === undefined ? {} : { cursor }),
    })
    const wishes = `${state === undefined ? '' : ` --state ${state}`}${limit === undefined ? '' : ` -n ${limit}`}`
    return answer('task-list', found, (page, terminal) => printList(page, wishes, terminal))
  },
})

const show = command({
  name: 'show',
  summary: 'say how a task stands, and what came of it',
  arguments: [task],
  run: (context, words) => about(context, words, 'show', taskRoutes.task),
})

const cancel = command({
  name: 'cancel',
  summary: 'end a task as soon as it can end; what it has done stays',
  arguments: [task],
  run: (context, words) => about(context, words, 'cancel', taskRoutes.cancelTask),
})

const replay = command({
  name: 'replay',
  summary: 'begin a task again that failed, died or was cancelled',
  arguments: [task],
  run: (context, words) => about(context, words, 'replay', taskRoutes.replayTask),
})

export default group('task', 'list long work, cancel it, begin it again', [list, show, cancel, replay])

type AboutOne = typeof taskRoutes.task | typeof taskRoutes.cancelTask | typeof taskRoutes.replayTask

async function about(
  { connect }: Context,
  [id = '']: readonly string[],
  name: string,
  route: AboutOne,
): Promise<Outcome> {
  const client = await connect()
  return answer(`task-${name}`, await client.call(route, { task: id }), printTask)
}

function printList(
  { items, next }: { readonly items: readonly Task[]; readonly next?: string },
  wishes: string,
  terminal: Terminal,
): void {
  if (items.length === 0) terminal.line('There is no long work.')
  for (const item of items) printTaskLine(item, terminal)
  if (next !== undefined) terminal.line(styled('dim', `more: aios task list${wishes} --cursor ${next}`))
  const dead = items.find(({ state }) => isEnding(state) && state !== 'completed')
  if (dead !== undefined) terminal.line(styled('dim', `see why: aios task show ${dead.id}`))
}
