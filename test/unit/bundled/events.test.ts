import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { detectSecrets } from '../../../native-workers/detect-secrets.ts'
import { forever, openWorkshop } from '../plugins/workshop.ts'

const place = join(import.meta.dirname, '../../../plugins/bundled')

test.each(readdirSync(place))('%s does what its own events expect', async (name) => {
  const { plugins } = openWorkshop({ findSecrets: detectSecrets })
  const folder = join(place, name)
  const { events } = await plugins.test({ path: folder }, forever)

  const files = readdirSync(join(folder, 'events')).map((file) => `events/${file}`)
  expect(events.map(({ source }) => source)).toEqual(files.toSorted())
  expect(events.length).toBeGreaterThan(1)
  expect(events.map(({ isExpected, message, findings }) => ({ isExpected, message, findings }))).toEqual(
    events.map(({ findings }) => ({ isExpected: true, message: '', findings })),
  )
})
