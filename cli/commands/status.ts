import { setTimeout as sleep } from 'node:timers/promises'
import { daemonRoutes } from '../../contract/daemon-routes.ts'
import type { StatusAnswer } from '../../contract/status.ts'
import { command, type Context } from '../command.ts'
import { answer, items } from '../outcome.ts'
import { printProblems, printStatus } from '../status-lines.ts'
import type { Terminal } from '../terminal.ts'
import { warnOfUnheard } from '../unheard.ts'

export default command({
  name: 'status',
  summary: 'say what aios holds, what it costs, what is wrong and what mends it',
  options: { watch: { kind: 'flag', flags: '--watch', summary: 'show it again as it changes' } },

  async run(context, _words, { watch }) {
    if (watch) return items(watched(context), printAgain)
    const client = await context.connect()
    await warnOfUnheard(client, context)
    return answer('status', await client.call(daemonRoutes.status, {}), print)
  },
})

async function* watched(context: Context): AsyncGenerator<StatusAnswer> {
  const client = await context.connect()
  let last = ''
  while (!context.signal.aborted) {
    const status = await client.call(daemonRoutes.status, {})
    const now = JSON.stringify([status.repositories, status.problems])
    if (now !== last) yield status
    last = now
    await sleep(1000, undefined, { signal: context.signal })
  }
}

function print(status: StatusAnswer, terminal: Terminal): void {
  printStatus(status, terminal)
  printProblems(status.problems, terminal)
}

function printAgain(status: StatusAnswer, terminal: Terminal): void {
  terminal.clear()
  print(status, terminal)
}
