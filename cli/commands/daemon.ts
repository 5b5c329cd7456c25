import { daemonRoutes } from '../../contract/daemon-routes.ts'
import { AiosError } from '../../contract/errors.ts'
import type { DaemonStatus } from '../../contract/status.ts'
import { command, group, type Context } from '../command.ts'
import { pair, token } from '../daemon-access.ts'
import { stopDaemon } from '../connect.ts'
import { findDaemon } from '../discover.ts'
import { logLines, printLogLine } from '../log-lines.ts'
import { answer, items } from '../outcome.ts'
import { runInForeground } from '../foreground.ts'
import { styled, type Terminal } from '../terminal.ts'

const start = command({
  name: 'start',
  summary: 'start the daemon unless it runs',
  run: async (context) => answer('daemon', await statusOf(context), printRunning),
})

const stop = command({
  name: 'stop',
  summary: 'finish what is running and stop the daemon',

  async run(context) {
    const pid = await stopIfRunning(context)
    return answer(
      'daemon-stop',
      { stopped: pid !== undefined, ...(pid === undefined ? {} : { pid }) },
      printStopped,
    )
  },
})

const restart = command({
  name: 'restart',
  summary: 'stop the daemon and start it again',

  async run(context) {
    await stopIfRunning(context)
    return answer('daemon', await statusOf(context), printRunning)
  },
})

const run = command({
  name: 'run',
  summary: 'run the daemon in the foreground, with its log on stderr',

  async run(context) {
    const running = await findDaemon(context.folders, context.signal)
    if (running !== undefined) {
      throw new AiosError('daemon.running', `A daemon runs already, as process ${running.service.pid}.`)
    }
    const code = await runInForeground(context)
    return answer('daemon-run', { code }, () => {}, code)
  },
})

const logs = command({
  name: 'logs',
  summary: 'print what the daemon logged last',
  options: {
    lines: { kind: 'count', flags: '-n, --lines <count>', summary: 'how many lines' },
    follow: { kind: 'flag', flags: '-f, --follow', summary: 'go on as it is written' },
  },

  async run({ folders, signal }, _words, { lines = 50, follow }) {
    return items(logLines(folders.logFile, lines, follow, signal), printLogLine)
  },
})

export default group('daemon', 'start, stop and watch the daemon', [
  start,
  stop,
  restart,
  run,
  logs,
  token,
  pair,
])

async function statusOf(context: Context): Promise<DaemonStatus> {
  const client = await context.connect()
  return (await client.call(daemonRoutes.status, {})).daemon
}

async function stopIfRunning({ folders, signal }: Context): Promise<number | undefined> {
  const running = await findDaemon(folders, signal)
  if (running === undefined) return undefined
  await stopDaemon(running, folders, 'asked for', signal)
  return running.service.pid
}

function printRunning({ version, pid, socket, url }: DaemonStatus, terminal: Terminal): void {
  terminal.line(styled('green', '● '), `aios ${version} runs as process ${pid}`)
  terminal.line(styled('dim', `  ${socket}`))
  if (url !== '') terminal.line(styled('dim', `  ${url}`))
}

function printStopped(
  { stopped, pid }: { readonly stopped: boolean; readonly pid?: number },
  terminal: Terminal,
): void {
  terminal.line(stopped ? `Stopped process ${pid}.` : 'No daemon runs.')
}
