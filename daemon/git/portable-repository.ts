import fs from 'node:fs'
import { AiosError } from '../../contract/errors.ts'
import { parseCommitObject } from './commit-object.ts'
import type { Layout } from './locate.ts'
import { shallowCommits } from './shallow.ts'
import { createPortableObjects, loadPortableGit, type PortableObjects } from './portable-objects.ts'
import { headOf, type Ref, unknownRevision } from './refs.ts'
import type { Repository } from './repository.ts'

/** Creates a repository that is read without git. */
export function portableRepository(layout: Layout): Repository {
  const gitdir = layout.gitDir
  const objects = createPortableObjects(gitdir)

  const readCommit = async (oid: string) => {
    const { type, bytes } = await objects.read(oid)
    if (type !== 'commit') throw unknownRevision(oid)
    const commit = parseCommitObject(oid, bytes)
    return (await shallowCommits(gitdir)).has(oid) ? { ...commit, parents: [] } : commit
  }

  const repository: Repository = {
    ...layout,
    git: undefined,
    readCommit,
    async readBlob(name, { maxBytes }) {
      const { bytes } = await objects.read(name)
      return { content: bytes.subarray(0, maxBytes), truncated: bytes.length > maxBytes }
    },
    async head() {
      const { currentBranch } = await loadPortableGit()
      const ref = (await currentBranch({ fs, gitdir, fullname: true })) ?? undefined
      return headOf(ref, await commitOf(gitdir, objects, 'HEAD'))
    },
    async refs() {
      const { listRefs } = await loadPortableGit()
      const names = await listRefs({ fs, gitdir, filepath: 'refs' })
      const refs = await Promise.all(names.map((name) => refOf(gitdir, objects, `refs/${name}`)))
      return refs.flat().toSorted((a, b) => (a.name < b.name ? -1 : 1))
    },
    async worktreeHeads() {
      const { oid } = await repository.head()
      return oid === undefined ? [] : [oid]
    },
    async tips() {
      const refs = await repository.refs()
      const heads = await repository.worktreeHeads(refs)
      return [...new Set([...refs.map(({ oid }) => oid), ...heads])]
    },
    resolve: (revision) => resolvePortably(gitdir, objects, revision),
    async isAncestor(ancestor, descendant) {
      for await (const oid of reachable(descendant, readCommit)) if (oid === ancestor) return true
      return false
    },
  }
  return repository
}

async function refOf(gitdir: string, objects: PortableObjects, name: string): Promise<Ref[]> {
  const oid = await commitOf(gitdir, objects, name)
  return oid === undefined ? [] : [{ name, oid }]
}

/** Returns the commit that a full name leads to, through tags; undefined when it leads to none. */
async function commitOf(gitdir: string, objects: PortableObjects, name: string): Promise<string | undefined> {
  const { resolveRef } = await loadPortableGit()
  try {
    return await peelPortably(objects, await resolveRef({ fs, gitdir, ref: name }))
  } catch {
    return undefined
  }
}

async function peelPortably(objects: PortableObjects, oid: string): Promise<string | undefined> {
  const { type, bytes } = await objects.read(oid)
  if (type === 'commit') return oid
  const target = type === 'tag' ? /^object ([0-9a-f]{40})$/m.exec(bytes.toString('latin1'))?.[1] : undefined
  return target === undefined ? undefined : peelPortably(objects, target)
}

async function resolvePortably(gitdir: string, objects: PortableObjects, revision: string): Promise<string> {
  const steps = /^(.*?)((?:~\d*|\^\d*)*)$/s.exec(revision)
  const [, name = revision, climb = ''] = steps ?? []
  let oid = await named(gitdir, objects, name === '@' ? 'HEAD' : name)
  for (const [, kind, digits = ''] of climb.matchAll(/([~^])(\d*)/g)) {
    const count = digits === '' ? 1 : Number(digits)
    for (let step = 0; step < (kind === '~' ? count : Math.min(count, 1)); step++) {
      const { bytes } = await objects.read(oid)
      const parent = parseCommitObject(oid, bytes).parents[kind === '~' ? 0 : count - 1]
      if (parent === undefined) throw unknownRevision(revision)
      oid = parent
    }
  }
  return oid
}

async function named(gitdir: string, objects: PortableObjects, name: string): Promise<string> {
  const { expandOid, expandRef, resolveRef } = await loadPortableGit()
  try {
    const found = /^[0-9a-f]{4,40}$/.test(name)
      ? await expandOid({ fs, gitdir, oid: name, cache: await objects.cache() }).catch(rethrowAmbiguous)
      : undefined
    const oid = found ?? (await resolveRef({ fs, gitdir, ref: await expandRef({ fs, gitdir, ref: name }) }))
    const commit = await peelPortably(objects, oid)
    if (commit !== undefined) return commit
  } catch (cause) {
    if (cause instanceof AiosError && cause.code === 'revision.ambiguous') throw cause
  }
  throw unknownRevision(name)
}

function rethrowAmbiguous(cause: unknown): undefined {
  if (cause instanceof Error && cause.name === 'AmbiguousError') {
    throw new AiosError('revision.ambiguous', cause.message, { cause })
  }
  return undefined
}

/** Walks over everything that can be reached, each commit once. */
async function* reachable(from: string, readCommit: Repository['readCommit']): AsyncGenerator<string> {
  const seen = new Set([from])
  const waiting = [from]
  for (let oid = waiting.pop(); oid !== undefined; oid = waiting.pop()) {
    yield oid
    const { parents } = await readCommit(oid)
    for (const parent of parents) {
      if (seen.has(parent)) continue
      seen.add(parent)
      waiting.push(parent)
    }
  }
}
