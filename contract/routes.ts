import { authRoutes } from './auth-routes.ts'
import { daemonRoutes } from './daemon-routes.ts'
import { evaluationRoutes } from './evaluation-routes.ts'
import { hookRoutes } from './hook-routes.ts'
import { noteRoutes } from './note-routes.ts'
import { operateRoutes } from './operate-routes.ts'
import { pluginRoutes } from './plugin-routes.ts'
import { questionRoutes } from './question-routes.ts'
import { repositoryRoutes } from './repository-routes.ts'
import { scheduleRoutes } from './schedule-routes.ts'
import { taskRoutes } from './task-routes.ts'
import { toolRoutes } from './tool-routes.ts'

/** Everything the daemon can be asked. The name is how code calls it; the path is how the world does. */
export const routes = {
  ...daemonRoutes,
  ...repositoryRoutes,
  ...questionRoutes,
  ...evaluationRoutes,
  ...hookRoutes,
  ...pluginRoutes,
  ...taskRoutes,
  ...scheduleRoutes,
  ...noteRoutes,
  ...toolRoutes,
  ...operateRoutes,
  ...authRoutes,
} as const

/** The name of a route. */
export type RouteName = keyof typeof routes
