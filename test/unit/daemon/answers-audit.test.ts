import { expect, test } from 'vitest'
import { AiosError } from '../../../contract/errors.ts'
import type { Answers } from '../../../contract/route.ts'
import type { routes } from '../../../contract/routes.ts'
import { auditAnswers } from '../../../daemon/answers-audit.ts'
import { forever } from '../../fixtures/memory.ts'
import { answersWith } from '../../http/answers.ts'

/** Returns answers whose decisions are recorded, and what the records are about. */
function recording(some: Partial<Answers<typeof routes>> = {}) {
  const subjects: string[] = []
  const audit = { record: ({ subject }: { subject: string }) => void subjects.push(subject) }
  return { answers: auditAnswers(answersWith(some), audit, () => 'owner'), subjects }
}

const asked = { plugin: 'tides', repository: '/r' }

test('a decision about a plugin names the repository where it was made only when it holds there alone', async () => {
  const { answers, subjects } = recording()
  await answers.approvePlugin({ ...asked, hash: 'b'.repeat(12) }, forever)
  await answers.enablePlugin({ ...asked, mode: 'enforce' }, forever)
  await answers.disablePlugin(asked, forever)
  await answers.enablePlugin({ ...asked, here: true }, forever)
  await answers.disablePlugin({ ...asked, here: true }, forever)
  expect(subjects).toEqual(['tides', 'tides', 'tides', 'tides in /r', 'tides in /r'])
})

test('what is decided about a plugin of a repository names it', async () => {
  const plain = answersWith()
  const { plugin } = await plain.plugin(asked, forever)
  const theirs = { ...plugin, origin: 'repository' as const, repository: 'r1' }
  const { answers, subjects } = recording({
    enablePlugin: async () => theirs,
    removePlugin: async ({ plugin: id }) => ({ id, isDeleted: id === 'own' }),
  })
  await answers.enablePlugin(asked, forever)
  await answers.removePlugin(asked, forever)
  await answers.removePlugin({ ...asked, plugin: 'own' }, forever)
  expect(subjects).toEqual(['tides in /r', 'tides in /r', 'own'])
})

test('what was refused is recorded too, without a place that nobody knows', async () => {
  const { answers, subjects } = recording({
    enablePlugin: async () => {
      throw new AiosError('plugin.unproven', 'Nobody knows.')
    },
  })
  await expect(answers.enablePlugin(asked, forever)).rejects.toThrow('Nobody knows.')
  expect(subjects).toEqual(['tides'])
})
