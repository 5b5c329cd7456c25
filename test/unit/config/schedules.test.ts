import { expect, test } from 'vitest'
import { setConfig } from '../../../daemon/config-set.ts'
import { createPlace } from './config-place.ts'

test('schedules of the user’s own stand beside those that are there, which may be changed', async () => {
  const { load, write, userFile } = createPlace()
  write(userFile, 'schedules:\n  daily: 0 5 * * *\n  half-past: "*/30 * * * *"\n  constructor: 1 2 3 4 5\n')
  const { config, origins } = await load()

  expect(config.schedules).toEqual({
    hourly: '0 * * * *',
    daily: '0 5 * * *',
    weekly: '0 4 * * 1',
    'half-past': '*/30 * * * *',
    constructor: '1 2 3 4 5',
  })
  expect(origins.get('schedules.half-past')).toBe(`${userFile}:3`)
})

test.each([
  [
    'nightly: 0 61 * * *',
    '2:12: schedules.nightly must be five fields of cron',
    'Field value (61) is out of range.',
  ],
  ['nightly: 0 4 * *', '2:12: schedules.nightly must be five fields of cron', 'found the text "0 4 * *"'],
  ['nightly: 0 0 4 * * *', 'schedules.nightly must be five fields of cron', 'found the text "0 0 4 * * *"'],
  ['daily: "@daily"', '2:10: schedules.daily must be five fields of cron', 'found the text "@daily"'],
  ['daily: 0 0 30 2 *', '2:10: schedules.daily must be five fields of cron', 'There is no such day.'],
  ['daily: */5 * * * *', '2:', 'a text that begins with * needs quotes'],
  ['Nightly: 0 4 * * *', '2:3: "Nightly" is not a setting of schedules', 'small letters, digits and -'],
  ['__proto__: 0 4 * * *', '2:3: "__proto__" is not a setting of schedules', 'small letters'],
  ['daily: {a: b}', '2:10: schedules.daily must be five fields of cron', 'found a mapping'],
])('%s is refused, with its line and what to do', async (line, place, why) => {
  const { problems, write, userFile } = createPlace()
  write(userFile, `schedules:\n  ${line}\n`)

  const found = await problems()
  expect(found).toContain(place)
  expect(found).toContain(why)
})

test('a repository may set no schedule, whatever its name', async () => {
  const { load, write, repositoryFile, userFile } = createPlace()
  write(repositoryFile, 'schedules:\n  often: "* * * * *"\n')

  expect((await load()).problems.map(({ code }) => code)).toEqual(['config.forbidden'])
  const set = setConfig({ path: repositoryFile, scope: 'repository' }, 'schedules.often', '* * * * *')
  await expect(set).rejects.toMatchObject({ code: 'config.forbidden' })
  await expect(
    setConfig({ path: userFile, scope: 'user' }, 'schedules.a.b', '0 4 * * *'),
  ).rejects.toMatchObject({
    code: 'config.invalid',
  })
})

test('an expression is set as it is written, stars and all', async () => {
  const { load, read, userFile } = createPlace()
  const own = { path: userFile, scope: 'user' as const }
  for (const value of ['*/15 * * * *', '"*/20 * * * *"', ' * * * * * ']) {
    await setConfig(own, 'schedules.often', value)
    expect(new Map(Object.entries((await load()).config.schedules)).get('often')).toBe(
      value.replaceAll('"', '').trim(),
    )
  }
  await setConfig(own, 'schedules.daily', '0 6 * * *')
  expect(read(userFile)).toBe("schedules:\n  often: '* * * * *'\n  daily: '0 6 * * *'\n")
})
