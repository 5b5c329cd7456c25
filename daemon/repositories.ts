import { createHash } from 'node:crypto'
import { existsSync, realpathSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { AiosError } from '../contract/errors.ts'
import { openRepository, type Repository } from './git/repository.ts'
import { holdRepository, type HeldRepository } from './held-repository.ts'
import type { SharedParts } from './open-repository.ts'
import type { Journal, RegisteredRepository } from './store/journal.ts'

/** The repositories that the daemon looks after. */
export interface Repositories {
  /** Begins to open every registered repository; none keeps the others waiting. */
  start(): void
  list(): HeldRepository[]
  /** Registers the repository that a path belongs to. All worktrees of a repository are one. */
  add(path: string): Promise<{ held: HeldRepository; added: boolean }>
  /** Returns the repository with this id, or the one that this path lies in. */
  find(name: string): Promise<HeldRepository>
  /** Returns the same, and the linked worktree that the path lies in. */
  findPlace(name: string): Promise<Place>
  /** Stops looking after a repository; with purge, what is remembered of it is deleted. */
  forget(name: string, purge: boolean): Promise<string>
  /** Throws away what is remembered of a repository and begins again. */
  reindex(name: string): Promise<HeldRepository>
  close(): Promise<void>
}

/** A repository as it is seen from a path. */
export interface Place {
  readonly held: HeldRepository
  /** The linked worktree, which has a HEAD, an index and files of its own; undefined for all other paths. */
  readonly worktree?: Repository
}

/** Creates the registry from what the journal holds. */
export function createRepositories(shared: SharedParts): Repositories {
  const { journal, git, now, publish } = shared
  const held = new Map<string, HeldRepository>()
  for (const registration of journal.repositories())
    held.set(registration.id, holdRepository(registration, shared))

  /** Serialises registering, so that two at once do not make two of one. */
  let adding: Promise<unknown> = Promise.resolve()

  function add(path: string): Promise<{ held: HeldRepository; added: boolean }> {
    const result = adding.then(() => addNow(path))
    adding = result.catch(() => {})
    return result
  }

  async function addNow(path: string): Promise<{ held: HeldRepository; added: boolean }> {
    const repository = await mainWorktree(await openRepository(path, git), git)
    const known = withCommonDir(repository.commonDir, held)
    if (known !== undefined) return { held: known, added: false }
    const moved = await findMoved(repository, held, journal)
    const registration: RegisteredRepository = {
      id: moved?.registration.id ?? freeId(repository.root, held),
      path: repository.root,
      gitDir: repository.gitDir,
      commonDir: repository.commonDir,
      addedAt: moved?.registration.addedAt ?? now(),
      state: 'registered',
    }
    await moved?.close()
    journal.register(registration)
    const fresh = holdRepository(registration, shared)
    held.set(registration.id, fresh)
    publish({ type: 'repository.registered', data: { repository: registration.id, path: registration.path } })
    return { held: fresh, added: true }
  }

  const findHeld = (name: string): Promise<Place> => findPlace(name, held, git)
  const find = async (name: string): Promise<HeldRepository> => (await findHeld(name)).held

  return {
    add,
    find,
    findPlace: findHeld,
    list: () => [...held.values()],
    start() {
      // A failure is kept in the status, where a person will look for it.
      for (const one of held.values()) one.open().catch(() => {})
    },
    forget: async (name, purge) => forget(await find(name), purge, held, shared),
    reindex: async (name) => reindex(await find(name), held, shared),
    async close() {
      await Promise.all([...held.values()].map((one) => one.close()))
    },
  }
}

type Held = ReadonlyMap<string, HeldRepository>

function withCommonDir(commonDir: string, held: Held): HeldRepository | undefined {
  return [...held.values()].find(({ registration }) => registration.commonDir === commonDir)
}

/** A registered repository that is gone from its place has moved here if what was last seen of it is here. */
async function findMoved(
  repository: Repository,
  held: Held,
  journal: Journal,
): Promise<HeldRepository | undefined> {
  for (const one of held.values()) {
    const { id, path, commonDir } = one.registration
    if (realPathOf(commonDir) === commonDir && existsSync(commonDir)) continue
    const tips = [...journal.tips(id).values()].filter((oid) => /^[0-9a-f]{40,64}$/.test(oid))
    const isSame = tips.length === 0 ? basename(path) === basename(repository.root) : undefined
    if (isSame ?? (await hasAny(repository, tips))) return one
  }
  return undefined
}

async function findPlace(name: string, held: Held, git: SharedParts['git']): Promise<Place> {
  const byId = held.get(name)
  if (byId !== undefined) return { held: byId }
  if (!name.includes('/') && !name.includes('\\') && !name.startsWith('.')) throw unknownRepository(name)
  const root = repositoryAbove(name)
  const byRoot = [...held.values()].find(({ registration }) => registration.path === root)
  if (byRoot !== undefined) return { held: byRoot }
  const repository = await openRepository(name, git)
  const byCommon = withCommonDir(repository.commonDir, held)
  if (byCommon === undefined) throw unknownRepository(name)
  const isMain = byCommon.registration.gitDir === repository.gitDir
  return isMain ? { held: byCommon } : { held: byCommon, worktree: repository }
}

async function forget(
  one: HeldRepository,
  purge: boolean,
  held: Map<string, HeldRepository>,
  { journal, publish, folderOf }: SharedParts,
): Promise<string> {
  const { id, path } = one.registration
  held.delete(id)
  await one.close()
  journal.forget(id)
  if (purge) await rm(folderOf(id), { recursive: true, force: true })
  publish({ type: 'repository.forgotten', data: { repository: id, path } })
  return id
}

async function reindex(
  one: HeldRepository,
  held: Map<string, HeldRepository>,
  shared: SharedParts,
): Promise<HeldRepository> {
  const { registration } = one
  await one.close()
  // The frontier goes before the store: whatever happens between them, all of it is read again. What commits were
  // rewritten to stays, because git may have forgotten it.
  shared.journal.setTips(registration.id, new Map())
  for (const { oid } of shared.journal.skipped(registration.id)) shared.journal.unskip(registration.id, oid)
  await rm(shared.folderOf(registration.id), { recursive: true, force: true })
  const fresh = holdRepository(registration, shared)
  held.set(registration.id, fresh)
  return fresh
}

/** Returns the repository as its main worktree sees it, which is still there when linked ones are removed. */
async function mainWorktree(repository: Repository, git: SharedParts['git']): Promise<Repository> {
  const { gitDir, commonDir } = repository
  if (gitDir === commonDir) return repository
  const place = basename(commonDir) === '.git' ? dirname(commonDir) : commonDir
  const main = await openRepository(place, git).catch(() => undefined)
  return main?.commonDir === commonDir ? main : repository
}

/** How many tips are looked for in a repository that may have moved. */
const mostTips = 20

async function hasAny(repository: Repository, oids: readonly string[]): Promise<boolean> {
  for (const oid of oids.slice(0, mostTips)) {
    const found = await repository.readCommit(oid).catch(() => undefined)
    if (found !== undefined) return true
  }
  return false
}

function unknownRepository(name: string): AiosError {
  return new AiosError('repository.unknown', `${name} is not a registered repository.`)
}

/** Returns a readable id that no other repository has: its name, and a part of the hash of its path. */
function freeId(root: string, taken: ReadonlyMap<string, unknown>): string {
  const name = basename(root)
    .replace(/\.git$/, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40)
  const hash = createHash('sha256').update(root).digest('hex')
  for (let length = 4; ; length += 1) {
    const id = `${name === '' ? 'repository' : name}-${hash.slice(0, length)}`
    if (!taken.has(id)) return id
  }
}

/** Returns the nearest folder at or above a path that holds a `.git`; the path itself when there is none. */
function repositoryAbove(path: string): string {
  const start = realPathOf(resolve(path))
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder
    if (dirname(folder) === folder) return start
  }
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
