import type { Command, Group } from './command.ts'

/** Every command by its first word. Its file is read when it is called, so that a start stays short. */
const tree = {
  up: async () => (await import('./commands/up.ts')).default,
  init: async () => (await import('./commands/init.ts')).default,
  recall: async () => (await import('./commands/recall.ts')).default,
  why: async () => (await import('./commands/why.ts')).default,
  related: async () => (await import('./commands/related.ts')).default,
  context: async () => (await import('./commands/context.ts')).default,
  show: async () => (await import('./commands/show.ts')).default,
  timeline: async () => (await import('./commands/timeline.ts')).default,
  eval: async () => (await import('./commands/eval.ts')).default,
  status: async () => (await import('./commands/status.ts')).default,
  doctor: async () => (await import('./commands/doctor.ts')).default,
  repo: async () => (await import('./commands/repo.ts')).default,
  hooks: async () => (await import('./commands/hooks.ts')).default,
  task: async () => (await import('./commands/task.ts')).default,
  plugin: async () => (await import('./commands/plugin.ts')).default,
  schedule: async () => (await import('./commands/schedule.ts')).default,
  config: async () => (await import('./commands/config.ts')).default,
  audit: async () => (await import('./commands/audit.ts')).default,
  backup: async () => (await import('./commands/backup.ts')).default,
  restore: async () => (await import('./commands/restore.ts')).default,
  service: async () => (await import('./commands/service.ts')).default,
  uninstall: async () => (await import('./commands/uninstall.ts')).default,
  daemon: async () => (await import('./commands/daemon.ts')).default,
  user: async () => (await import('./commands/user.ts')).default,
  events: async () => (await import('./commands/events.ts')).default,
  api: async () => (await import('./commands/api.ts')).default,
  mcp: async () => (await import('./commands/mcp.ts')).default,
  connect: async () => (await import('./commands/connect.ts')).default,
  disconnect: async () => (await import('./commands/disconnect.ts')).default,
  note: async () => (await import('./commands/note.ts')).default,
  completion: async () => (await import('./commands/completion.ts')).default,
} satisfies Record<string, () => Promise<Command | Group>>

/** Returns the command or group of that name; undefined when there is none. */
export async function branch(name: string): Promise<Command | Group | undefined> {
  const load = Object.entries(tree).find(([known]) => known === name)?.[1]
  return load?.()
}

/** Returns every command and group. */
export async function branches(): Promise<(Command | Group)[]> {
  return Promise.all(Object.values(tree).map((load) => load()))
}
