import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join } from 'node:path'
import { AiosError } from '../contract/errors.ts'
import { openRepository, type Repository } from './git/repository.ts'
import { holdRepository, type HeldRepository } from './held-repository.ts'
import type { SharedParts } from './open-repository.ts'
import { realPathOf, register, withCommonDir } from './register.ts'
import { createTurns } from './turns.ts'

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
  const { journal, git } = shared
  const held = new Map<string, HeldRepository>()
  for (const registration of journal.repositories())
    held.set(registration.id, holdRepository(registration, shared))

  // What is registered, forgotten and begun again would else meet itself in the same folder.
  const turns = createTurns()
  let isClosing = false
  const findHeld = (name: string): Promise<Place> => findPlace(name, held, git)
  const find = async (name: string): Promise<HeldRepository> => (await findHeld(name)).held

  /** Runs in the turn of a repository, with what it is then. */
  function inTurn<T>(id: string, act: (one: HeldRepository | undefined) => Promise<T>): Promise<T> {
    return turns.take(id, async () => {
      if (isClosing) throw new AiosError('daemon.stopping', 'The daemon is shutting down.')
      return act(held.get(id))
    })
  }

  const inTurnOf = async <T>(name: string, act: (one: HeldRepository) => Promise<T>): Promise<T> => {
    const { id } = (await find(name)).registration
    return inTurn(id, async (one) => {
      if (one === undefined) throw unknownRepository(name)
      return act(one)
    })
  }

  return {
    async add(path) {
      if (!isAbsolute(path)) throw notAbsolute(path)
      return register(await mainWorktree(await openRepository(path, git), git), held, shared, inTurn)
    },
    find,
    findPlace: findHeld,
    list: () => [...held.values()],
    start() {
      // A failure is kept in the status, where a person will look for it.
      for (const one of held.values()) one.open().catch(() => {})
    },
    forget: (name, purge) => inTurnOf(name, (one) => forget(one, purge, held, shared)),
    reindex: (name) => inTurnOf(name, (one) => reindex(one, held, shared)),
    async close() {
      isClosing = true
      const closeAll = () => Promise.all([...held.values()].map((one) => one.close()))
      await closeAll()
      await turns.ended()
      await closeAll()
    },
  }
}

type Held = ReadonlyMap<string, HeldRepository>

async function findPlace(name: string, held: Held, git: SharedParts['git']): Promise<Place> {
  const byId = held.get(name)
  if (byId !== undefined) return { held: byId }
  if (!isAbsolute(name)) throw isPath(name) ? notAbsolute(name) : unknownRepository(name)
  const root = repositoryAbove(name)
  // Two have one path when a repository took the place of another; git knows which of them it is.
  const [byRoot, ...others] = [...held.values()].filter(({ registration }) => registration.path === root)
  if (byRoot !== undefined && others.length === 0) return { held: byRoot }
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
  const fresh = holdRepository(registration, shared)
  try {
    await rm(shared.folderOf(registration.id), { recursive: true, force: true })
  } finally {
    held.set(registration.id, fresh)
  }
  await fresh.open()
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

function isPath(name: string): boolean {
  return name.includes('/') || name.includes('\\') || name.startsWith('.')
}

/** The daemon stands elsewhere than whoever asks: only a whole path means the same to both. */
function notAbsolute(path: string): AiosError {
  return new AiosError('request.invalid', `${path} is not an absolute path; name that, or an id.`)
}

function unknownRepository(name: string): AiosError {
  return new AiosError('repository.unknown', `${name} is not a registered repository.`)
}

/** Returns the nearest folder at or above a path that holds a `.git`; the path itself when there is none. */
function repositoryAbove(path: string): string {
  const start = realPathOf(path)
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder
    if (dirname(folder) === folder) return start
  }
}
