import { expect, test } from 'vitest'
import { rememberRepository, forever } from '../../fixtures/memory.ts'
import { recall } from '../../../daemon/memory/recall.ts'
import { show } from '../../../daemon/memory/show.ts'
import { suggest } from '../../../daemon/memory/suggestions.ts'
import { timeline } from '../../../daemon/memory/timeline.ts'
import { related } from '../../../daemon/memory/related.ts'
import { why } from '../../../daemon/memory/why.ts'
import { withStory } from './story.ts'
import { createWorkshop } from './workshop.ts'

test('each command that is suggested has an answer', async () => {
  const { shop } = withStory()
  for (let index = 0; index < 6; index += 1) {
    shop.pass(60)
    const both = {
      '-odd name.ts': `export const knots = ${index}\n`,
      'src/mast.ts': `export const sails = ${index}\n`,
    }
    shop.work(`Trim the sails to ${index} knots\n\nThe wind turned.`, both)
  }
  const { memory, questions } = await rememberRepository(shop.path)
  const parts = { memory, currentPaths: questions.currentPaths, blame: questions.blameFile }
  const { summary, tries } = await suggest(parts, forever)
  expect(summary).toMatchObject({ commits: 11, reverts: 1, ties: 2, firstYear: 2023, lastYear: 2023 })
  expect(tries).toHaveLength(3)
  for (const { command } of tries) {
    const [, verb, argument = ''] = /^aios (\w+) '?(.*?)'?$/.exec(command) ?? []
    expect(argument).not.toMatch(/^-/)
    const answers = {
      recall: async () => (await recall({ question: argument }, memory, forever)).hits,
      related: async () =>
        (
          await related(
            { repository: 'r1', paths: [await questions.pathInside(argument)] },
            { memory, ...questions },
            forever,
          )
        ).files,
      why: async () => {
        const [, path = '', line] = /^(.*):(\d+)$/.exec(argument) ?? []
        return (
          await why(
            { path: await questions.pathInside(path), line: Number(line) },
            memory,
            questions,
            forever,
          )
        ).episodes
      },
    }
    const isKnown = (name: string | undefined): name is keyof typeof answers =>
      name !== undefined && Object.hasOwn(answers, name)
    expect(isKnown(verb) ? await answers[verb]() : []).not.toEqual([])
  }
})

test('a history of one commit suggests what any history has, and an empty one nothing', async () => {
  const shop = createWorkshop()
  const { memory, questions, remembered } = await rememberRepository(shop.path)
  const parts = { memory, currentPaths: questions.currentPaths, blame: questions.blameFile }
  expect((await suggest(parts, forever)).tries).toEqual([])

  const only = shop.work('begin')
  await remembered.settled()
  expect((await suggest(parts, forever)).tries.map(({ command }) => command)).toEqual([
    'aios timeline',
    'aios show HEAD',
  ])
  expect((await timeline({ repository: 'r1' }, memory, forever)).items).toMatchObject([{ oid: only }])
  expect((await show('HEAD', memory, forever)).episode.oid).toBe(only)
})

test('a subject in a script without spaces is suggested like any other', async () => {
  const shop = createWorkshop()
  shop.work('修复字符串解析中的缓冲区溢出', { 'parse.ts': 'export const limit = 16\n' })
  const { memory, questions } = await rememberRepository(shop.path)
  const parts = { memory, currentPaths: questions.currentPaths, blame: questions.blameFile }
  const { tries } = await suggest(parts, forever)
  expect(tries.map(({ command }) => command)).toContain("aios recall '修复字符串解析中的缓冲区溢出'")
})
