import { expect, test } from 'vitest'
import type { MemoryStore } from '../../daemon/store/store.ts'
import { episodeRow, oidOf } from './store-rows.ts'

/** Says what a store owes to scripts that put no space between words. */
export function describeScripts(store: () => MemoryStore): void {
  test.each([
    ['修复重复发送回复的错误\n', '重复发送'],
    ['応答の二重送信を修正\n', '二重送信'],
    ['중복전송오류수정\n', '전송오류'],
    ['Fix the ダブル送信bug\n', 'ﾀﾞﾌﾞﾙ'],
  ])('a part of what has no spaces is found: of %j, %s', async (message, part) => {
    await store().putEpisodes([
      episodeRow('a', { message }),
      episodeRow('b', { message: '潮汐计算 潮の計算 조석 계산\n' }),
      episodeRow('c', { message: 'the tide turns\n' }),
    ])
    const found = async (words: string) =>
      (await store().searchText('message', words, 10)).map(({ oid }) => oid)
    expect(await found(part)).toEqual([oidOf('a')])
    expect(await found('计算')).toEqual([oidOf('b')])
    expect(await found('tide')).toEqual([oidOf('c')])
    expect((await store().headlines([oidOf('a')]))[0]?.message).toBe(message)
  })

  test.each(['\0', '修复\0', '\0tide 修复', 'tide\0\0harbour'])(
    'the message %j comes back',
    async (message) => {
      await store().putEpisodes([episodeRow('a', { message })])
      expect((await store().episodes([oidOf('a')]))[0]?.message).toBe(message)
    },
  )
}
