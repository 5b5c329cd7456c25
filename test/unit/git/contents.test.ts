import { expect, test } from 'vitest'
import { createGit } from '../../../daemon/git/git.ts'
import { openRepository, type Repository } from '../../../daemon/git/repository.ts'
import { contents, similarContents } from '../../fixtures/git/contents.ts'
import { fromStream } from '../../fixtures/git/histories.ts'
import { countsOf, oracleCounts, oracleIds, readAll } from '../../fixtures/git/oracle.ts'
import type { TestRepository } from '../../fixtures/git/test-repository.ts'

const git = createGit()

async function openBuilt(builder: (() => TestRepository) | undefined): Promise<Repository> {
  if (builder === undefined) throw new Error('There is no such fixture.')
  return openRepository(builder().path, git)
}

test.concurrent.each(Object.keys(contents))(
  '%s: are read by both readers as git counts them',
  async (name) => {
    const repository = await openBuilt(contents[name])
    const history = await readAll(repository)
    const portable = await readAll(await openRepository(repository.root, undefined))

    expect([...history.skipped, ...portable.skipped]).toEqual([])
    expect([...history.headers.keys()].toSorted()).toEqual(oracleIds(repository.root))
    expect(countsOf(history)).toEqual(oracleCounts(repository.root))
    expect(countsOf(portable)).toEqual(countsOf(history))
    for (const [oid, header] of history.headers) expect(portable.headers.get(oid)).toEqual(header)
    for (const [oid, { patchId, files }] of history.patches) {
      if ((history.headers.get(oid)?.parents.length ?? 0) > 1) continue
      const others = portable.patches.get(oid)
      expect(others?.patchId).toBe(patchId)
      expect(others?.files.map(bodiesOf)).toEqual(files.map(bodiesOf))
    }
  },
)

test.concurrent.each(Object.keys(similarContents))('%s: are counted as git counts them', async (name) => {
  const repository = await openBuilt(similarContents[name])
  const history = await readAll(repository)
  expect(history.skipped).toEqual([])
  expect(countsOf(history)).toEqual(oracleCounts(repository.root))
})

test('a copy is what git calls one only when its source changed too, so a plain copy is an addition', async () => {
  const repository = await openBuilt(() => fromStream([{ files: { a: 'a\n' } }, { files: { b: 'a\n' } }]))
  const { headers } = await readAll(repository)
  expect([...headers.values()].flatMap(({ changes }) => changes.map(({ status }) => status))).toEqual([
    'added',
    'added',
  ])
})

test('messages keep what they say, identities and dates what they are', async () => {
  const texts = async (name: string) => {
    const { headers } = await readAll(await openBuilt(contents[name]))
    return [...headers.values()].toReversed()
  }
  const odd = await texts('messages of every kind')
  expect(odd.map(({ message }) => message)).toContain('bell \u0007 \u001b[31m \u0001 \u0002\n')
  expect(odd.map(({ message }) => message)).toContain('diff --git a/x b/x\n@@ -1 +1 @@\n')
  const latin1 = await texts('a message in latin1, with and without saying so')
  expect(latin1.map(({ message }) => message)).toEqual(['caf\ufffd without\n', 'café with\n'])
  const absurd = await texts('absurd dates')
  expect(absurd.slice(1).map(({ author }) => author.time)).toEqual([-1, 99_999_999_999_999, 4_102_444_800, 1])
  const blank = await texts('blank identities')
  expect(blank.map(({ author }) => [author.name, author.email])).toEqual([
    ['', ''],
    ['No Mail', ''],
  ])
})

function bodiesOf(file: { path: string; hunks: readonly { body: Buffer }[] }): unknown {
  return [file.path, ...file.hunks.map(({ body }) => body.toString('latin1'))]
}
