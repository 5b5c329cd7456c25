import { expect, test } from 'vitest'
import { createGit } from '../../../daemon/git/git.ts'
import { openRepository } from '../../../daemon/git/repository.ts'
import { histories } from '../../fixtures/git/histories.ts'
import { countsOf, oracleCounts, oracleIds, readAll } from '../../fixtures/git/oracle.ts'

/** What isomorphic-git cannot read; that it says so is tested elsewhere. */
const needGit = new Set(['alternates', 'a linked worktree'])
/** Where git finds a rename though the content changed, which the portable reader does not look for. */
const needSimilarity = new Set(['a merge of a renamed file'])
const names = Object.keys(histories)

function build(name: string): string {
  const builder = histories[name]
  if (builder === undefined) throw new Error(`There is no history ${name}.`)
  return builder().path
}

test.concurrent.each(names)(
  '%s: every commit is read, and its lines are counted as git counts them',
  async (name) => {
    const path = build(name)
    const repository = await openRepository(path, createGit())
    const history = await readAll(repository)

    expect(history.skipped).toEqual([])
    expect([...history.headers.keys()].toSorted()).toEqual(oracleIds(path))
    expect(countsOf(history)).toEqual(oracleCounts(path))

    if (needGit.has(name)) return
    const portable = await openRepository(path, undefined)
    expect((await portable.tips()).toSorted()).toEqual((await repository.tips()).toSorted())
    const alike = await readAll(portable)
    expect(alike.skipped).toEqual([])
    expect([...alike.headers.keys()].toSorted()).toEqual(oracleIds(path))
    if (needSimilarity.has(name)) return
    expect(countsOf(alike)).toEqual(countsOf(history))
    const plain = [...history.headers.values()].filter(({ parents }) => parents.length < 2)
    expect(plain.map(({ oid }) => alike.headers.get(oid))).toEqual(plain)
    const ids = [...history.patches.values()].map(({ oid, patchId }) => [oid, patchId])
    expect(ids.map(([oid = '']) => [oid, alike.patches.get(oid)?.patchId])).toEqual(ids)
  },
)
