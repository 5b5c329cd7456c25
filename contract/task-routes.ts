import Type from 'typebox'
import { nextField, pageFields } from './page.ts'
import { route, streamRoute } from './route.ts'
import { Task, TaskState } from './task.ts'

const task = Type.String({ minLength: 1, maxLength: 64, description: 'The id of a task.' })

/** The routes about long work. */
export const taskRoutes = {
  tasks: route({
    method: 'GET',
    path: '/v1/tasks',
    summary: 'List long work, newest first.',
    role: 'reader',
    cost: 'cheap',
    input: Type.Object({ state: Type.Optional(TaskState), ...pageFields }),
    reply: Type.Object({ items: Type.Array(Task), ...nextField }),
  }),
  task: route({
    method: 'GET',
    path: '/v1/tasks/:task',
    summary: 'Say how a task stands, and what came of it.',
    role: 'reader',
    cost: 'cheap',
    input: Type.Object({ task }),
    reply: Task,
  }),
  followTask: streamRoute({
    method: 'GET',
    path: '/v1/tasks/:task/changes',
    summary: 'Follow a task until it ends: the task as it is after each change, one a line.',
    role: 'reader',
    cost: 'cheap',
    input: Type.Object({ task }),
    reply: Task,
  }),
  // Whoever may replay may do what the task did, so both need the highest role that a task’s route asks for.
  cancelTask: route({
    method: 'POST',
    path: '/v1/tasks/:task/cancel',
    summary: 'End a task as soon as it can end; what it has done stays.',
    role: 'admin',
    cost: 'cheap',
    input: Type.Object({ task }),
    reply: Task,
  }),
  replayTask: route({
    method: 'POST',
    path: '/v1/tasks/:task/replay',
    summary: 'Begin a task again that failed, died or was cancelled, with all its tries.',
    role: 'admin',
    cost: 'cheap',
    input: Type.Object({ task }),
    reply: Task,
  }),
} as const
