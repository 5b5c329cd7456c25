import { daemonRoutes } from '../../contract/daemon-routes.ts'
import { command } from '../command.ts'
import { printEvent } from '../event-line.ts'
import { items } from '../outcome.ts'

export default command({
  name: 'events',
  summary: 'list what happened, oldest first',
  options: {
    since: { kind: 'count', flags: '--since <number>', summary: 'only what came after this number' },
    follow: { kind: 'flag', flags: '-f, --follow', summary: 'go on as it happens' },
  },

  async run(context, _words, { since, follow }) {
    const client = await context.connect()
    const input = { ...(since === undefined ? {} : { since }), ...(follow ? { follow } : {}) }
    return items(client.stream(daemonRoutes.events, input), printEvent)
  },
})
