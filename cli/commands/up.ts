import { resolve } from 'node:path'
import { daemonRoutes } from '../../contract/daemon-routes.ts'
import { AiosError } from '../../contract/errors.ts'
import type { EventEnvelope } from '../../contract/events.ts'
import type { Client } from '../client.ts'
import { command, type Context } from '../command.ts'
import { stopDaemon } from '../connect.ts'
import { findDaemon } from '../discover.ts'
import { printEvent } from '../event-line.ts'
import { items } from '../outcome.ts'
import { printRegistered, register, type Registered } from '../register.ts'
import { styled, type Terminal } from '../terminal.ts'

export default command({
  name: 'up',
  summary: 'start aios, remember a repository, and stay until Ctrl-C',
  arguments: [{ name: '[path]', summary: 'any path in the repository; here when absent' }],

  async run(context, [path]) {
    const wasRunning = (await findDaemon(context.folders, context.signal)) !== undefined
    return items(stay(context, path, wasRunning), print)
  },
})

/** What `up` has to tell: first what is known, then what happens. */
type News =
  | { readonly type: 'up'; readonly wasRunning: boolean; readonly registered: Registered | undefined }
  | { readonly type: 'event'; readonly event: EventEnvelope }

async function* stay(context: Context, path: string | undefined, wasRunning: boolean): AsyncGenerator<News> {
  const since = new Date().toISOString()
  try {
    const client = await context.connect()
    if (wasRunning) context.notes.line('Using the daemon that runs already; it stays when this ends.')
    yield { type: 'up', wasRunning, registered: await registerHere(context, client, path) }
    for await (const event of client.stream(daemonRoutes.events, { follow: true })) {
      if (event.time >= since) yield { type: 'event', event }
    }
    if (!context.signal.aborted) throw new AiosError('daemon.unreachable', 'The daemon has stopped.')
  } catch (error) {
    if (!context.signal.aborted) throw error
  } finally {
    if (!wasRunning) await stop(context)
  }
}

/** Registers the path; when none was named, being outside of any repository is no failure. */
async function registerHere(
  context: Context,
  client: Client,
  path: string | undefined,
): Promise<Registered | undefined> {
  try {
    return await register(resolve(context.directory, path ?? '.'), client, context)
  } catch (error) {
    const isOutside = error instanceof AiosError && error.code === 'repository.not-found'
    if (path !== undefined || !isOutside) throw error
    context.notes.line('This is no git repository; register one with `aios init PATH`.')
    return undefined
  }
}

async function stop({ folders, notes }: Context): Promise<void> {
  const patience = new AbortController().signal
  const running = await findDaemon(folders, patience)
  if (running === undefined) return
  notes.line('Stopping.')
  await stopDaemon(running, folders, 'aios up ended', patience)
}

function print(news: News, terminal: Terminal): void {
  if (news.type === 'event') {
    printEvent(news.event, terminal)
    return
  }
  if (news.registered !== undefined) printRegistered(news.registered, terminal)
  terminal.line()
  terminal.line(styled('dim', 'Watching. Ctrl-C stops.'))
}
