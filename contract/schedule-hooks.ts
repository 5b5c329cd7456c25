import Type from 'typebox'

/** What a schedule may be called. */
export const scheduleName = '^[a-z][a-z0-9-]{0,39}$'

/** The hook that time asks; `<name>` stands for a schedule of the user’s settings. */
export const scheduleHooks = {
  'schedule:<name>': {
    kind: 'series',
    gate: false,
    summary: 'It is time. Asked once for each registered repository.',
    input: Type.Object({
      repository: Type.String({ description: 'The repository id.' }),
      name: Type.String({ pattern: scheduleName, description: 'The name of the schedule.' }),
      due: Type.String({
        description: 'The time that it is asked for, in ISO 8601; of several that were missed, the last.',
      }),
      isLate: Type.Boolean({
        description: 'Whether it is made up for: the machine slept, or no daemon ran, when it was due.',
      }),
    }),
  },
} as const

/** Says whether a schedule may be called so. */
export function isScheduleName(name: string): boolean {
  return new RegExp(scheduleName).test(name)
}
