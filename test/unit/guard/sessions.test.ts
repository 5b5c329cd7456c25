import { expect, test } from 'vitest'
import { createSessions } from '../../../daemon/guard/sessions.ts'

function openSessions() {
  let at = 0
  const sessions = createSessions(() => at)
  return { sessions, pass: (seconds: number) => void (at += seconds * 1000) }
}

test('a link lets one browser in, once', () => {
  const { sessions } = openSessions()
  const { code } = sessions.invite('writer')
  const session = sessions.redeem(code)
  expect(session).toMatchObject({ role: 'writer', name: 'browser:1' })
  expect(sessions.redeem(code)).toBeUndefined()
  expect(sessions.find(session?.cookie ?? '')?.isKey(session?.key ?? '')).toBe(true)
  expect(sessions.find(session?.cookie ?? '')?.isKey(session?.cookie ?? '')).toBe(false)
})

test('a link ends after two minutes and a session after twelve hours', () => {
  const { sessions, pass } = openSessions()
  const early = sessions.invite('reader')
  const late = sessions.invite('reader')
  pass(119)
  const session = sessions.redeem(early.code)
  pass(1)
  expect(sessions.redeem(late.code)).toBeUndefined()
  expect(sessions.find(session?.cookie ?? '')).toBeDefined()
  pass(12 * 3600)
  expect(sessions.find(session?.cookie ?? '')).toBeUndefined()
})

test('everything ends at once when asked for', () => {
  const { sessions } = openSessions()
  const session = sessions.redeem(sessions.invite('admin').code)
  const { code } = sessions.invite('admin')
  expect(sessions.end()).toBe(1)
  expect(sessions.find(session?.cookie ?? '')).toBeUndefined()
  expect(sessions.redeem(code)).toBeUndefined()
})

test('many links and many browsers do not fill the memory: the oldest ends', () => {
  const { sessions } = openSessions()
  const codes = Array.from({ length: 21 }, () => sessions.invite('reader').code)
  expect(sessions.redeem(codes[0] ?? '')).toBeUndefined()
  const first = sessions.redeem(codes[1] ?? '')
  for (let index = 0; index < 100; index++) sessions.redeem(sessions.invite('reader').code)
  expect(first).toBeDefined()
  expect(sessions.find(first?.cookie ?? '')).toBeUndefined()
})
