import { scheduleRoutes } from '../../contract/schedule-routes.ts'
import { command, group } from '../command.ts'
import { answer } from '../outcome.ts'
import { printRun, printSchedules } from '../schedule-lines.ts'

const list = command({
  name: 'list',
  summary: 'list the schedules, when each is due, when it ran, and who listens',

  async run({ connect }) {
    const client = await connect()
    return answer('schedule-list', await client.call(scheduleRoutes.schedules, {}), printSchedules)
  },
})

const run = command({
  name: 'run',
  summary: 'ask the listeners of a schedule now, about this repository, and wait for them',
  arguments: [{ name: '<name>', summary: 'its name, as `aios schedule list` shows it' }],
  examples: ['aios schedule run daily', 'aios schedule run weekly --repo ~/work/tides'],

  async run({ connect, repository }, [schedule = '']) {
    const client = await connect()
    const ran = await client.call(scheduleRoutes.runSchedule, { schedule, repository })
    return answer('schedule-run', ran, printRun, ran.results.every(({ status }) => status === 'ok') ? 0 : 1)
  },
})

export default group('schedule', 'what plugins are asked when it is time', [list, run])
