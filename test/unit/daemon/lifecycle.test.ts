import { expect, test } from 'vitest'
import { createLifecycle } from '../../../daemon/lifecycle.ts'

test('what was opened last is closed first, once, and a failure keeps nothing open', async () => {
  const closed: string[] = []
  const failed: string[] = []
  const lifecycle = createLifecycle((name) => failed.push(name))
  lifecycle.onClose('journal', () => void closed.push('journal'))
  lifecycle.onClose('workers', () => Promise.reject(new Error('stuck')))
  lifecycle.onClose('lock', () => {
    throw new Error('gone')
  })
  lifecycle.onClose('server', async () => void closed.push('server'))

  await Promise.all([lifecycle.close(), lifecycle.close()])
  await lifecycle.close()
  expect(closed).toEqual(['server', 'journal'])
  expect(failed).toEqual(['lock', 'workers'])
})
