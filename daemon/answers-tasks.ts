import type { Answers } from '../contract/route.ts'
import type { taskRoutes } from '../contract/task-routes.ts'
import { positionIn } from './pages/cursor.ts'
import { stretchOf } from './pages/page.ts'
import type { Tasks } from './tasks/tasks.ts'

const defaultLimit = 50

/** Returns what answers the routes about long work. */
export function answersAboutTasks(tasks: Tasks): Answers<typeof taskRoutes> {
  return {
    async tasks({ state, limit = defaultLimit, cursor }) {
      const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(positionIn('tasks', cursor))
      const found = tasks.list(before, limit + 1, state)
      return stretchOf(
        'tasks',
        found,
        limit,
        ({ seq }) => String(seq),
        ({ task }) => task,
      )
    },
    task: async ({ task }) => tasks.task(task),
    followTask: ({ task }, signal) => tasks.changes(task, signal),
    cancelTask: async ({ task }) => tasks.cancel(task),
    replayTask: async ({ task }) => tasks.replay(task),
  }
}
