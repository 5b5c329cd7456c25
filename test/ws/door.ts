import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach } from 'vitest'
import type { Fact } from '../../contract/events.ts'
import type { Answers } from '../../contract/route.ts'
import type { routes } from '../../contract/routes.ts'
import { protocol } from '../../contract/service.ts'
import { webSocketPath } from '../../contract/web-socket.ts'
import type { Events } from '../../daemon/bus/events.ts'
import { foreseen, problemOf } from '../../daemon/http/problem.ts'
import { createServer } from '../../daemon/http/server.ts'
import { openEvents } from '../../daemon/open-events.ts'
import { openJournal, type Journal } from '../../daemon/store/journal.ts'
import type { Dropped } from '../../daemon/ws/connection.ts'
import { createTraces } from '../../daemon/telemetry/trace.ts'
import { createWebSocketDoor, type WebSocketDoor } from '../../daemon/ws/door.ts'
import { answersWith } from '../http/answers.ts'

/** A door that is open: the journal, the bus and the server are the daemon's own. */
export interface OpenDoor {
  readonly socket: string
  readonly journal: Journal
  readonly events: Events
  readonly door: WebSocketDoor
  /** Who was let go, and why. */
  readonly dropped: Dropped[]
  /** Bugs that were met. */
  readonly bugs: unknown[]
  publish(fact: Fact): void
  close(): Promise<void>
}

/** How a door is opened. */
export interface DoorSetting {
  /** The folder of a door that was there before. */
  readonly folder?: string
  readonly answers?: Partial<Answers<typeof routes>>
  readonly heartbeatMs?: number
  readonly connections?: number
}

const open: OpenDoor[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((door) => door.close()))
})

/** Returns a folder for a door that is opened more than once. */
export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'ws-'))
}

/** Opens a door on a Unix socket, until the test ends. */
export async function openDoor(setting: DoorSetting = {}): Promise<OpenDoor> {
  const opened = await openDoorFor(setting)
  open.push(opened)
  return opened
}

/** Opens a door on a Unix socket; whoever opens it closes it. */
export async function openDoorFor({
  folder = newFolder(),
  answers = {},
  ...limits
}: DoorSetting): Promise<OpenDoor> {
  const socket = join(folder, 'aios.sock')
  const journal = openJournal(join(folder, 'journal.sqlite'), () => {})
  const events = openEvents(journal, pino({ level: 'silent' }), Date.now, createTraces())
  const dropped: Dropped[] = []
  const bugs: unknown[] = []
  const everyAnswer = answersWith(answers)
  const door = createWebSocketDoor({
    ...limits,
    service: { id: 'one', version: '1.2.3', protocol },
    answersFor: () => everyAnswer,
    events: { since: journal.since, latest: journal.latest, subscribe: events.subscribe },
    hold: () => () => {},
    onDropped: (why) => void dropped.push(why),
    problemOf(error) {
      const expected = foreseen(error)
      if (expected === undefined) bugs.push(error)
      return problemOf(expected, 'trace')
    },
  })
  const server = createServer({
    answers: everyAnswer,
    isReady: () => true,
    traceId: () => 'trace',
    logger: false,
    upgrades: { [webSocketPath]: door.accept },
  })
  await server.listen(socket)
  let closing: Promise<void> | undefined
  const close = async () => {
    await door.close()
    await server.close()
    journal.close()
  }
  return {
    socket,
    journal,
    events,
    door,
    dropped,
    bugs,
    publish: events.publish,
    close: () => (closing ??= close()),
  }
}

/** Returns a fact of so many bytes, more or less. */
export function fact(repository = 'tide-1', bytes = 10): Fact {
  return { type: 'store.healed', data: { repository, detail: 'x'.repeat(bytes) } }
}
