import Type from 'typebox'
import { scheduleName } from './schedule-hooks.ts'

/** What JSON Schema cannot say of an expression, the reader of the settings checks. */
const form = {
  maxLength: 100,
  pattern: '^[0-9A-Za-z*,/-]+(?: +[0-9A-Za-z*,/-]+){4}$',
  'x-form': 'cron',
} as const

/** When a schedule of the user’s own is due. */
export const ScheduleExpression = Type.String({
  ...form,
  description: 'When it is due: minute, hour, day of the month, month, day of the week; local time.',
})

const schedule = (expression: string, description: string) =>
  Type.String({ ...form, default: expression, description })

/** When plugins are asked that listen to `schedule:<name>`. Only the user: a repository must not wake the machine. */
export const scheduleSettings = Type.Object(
  {
    hourly: schedule('0 * * * *', 'When `schedule:hourly` is asked; local time.'),
    daily: schedule('0 4 * * *', 'When `schedule:daily` is asked; local time.'),
    weekly: schedule('0 4 * * 1', 'When `schedule:weekly` is asked; local time.'),
  },
  {
    patternProperties: { [scheduleName]: ScheduleExpression },
    additionalProperties: false,
    'x-scope': 'user',
  },
)
