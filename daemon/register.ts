import { createHash } from 'node:crypto'
import { existsSync, realpathSync } from 'node:fs'
import { basename } from 'node:path'
import { openRepository, type Repository } from './git/repository.ts'
import { holdRepository, type HeldRepository } from './held-repository.ts'
import type { SharedParts } from './open-repository.ts'
import type { Journal, RegisteredRepository } from './store/journal.ts'

/** What came of registering. */
export interface Registered {
  readonly held: HeldRepository
  readonly added: boolean
}

/** Runs when nothing else happens to the repository of this id, with what is held of it then. */
type InTurn = <T>(id: string, act: (one: HeldRepository | undefined) => Promise<T>) => Promise<T>

/** Registers a repository, unless it is: then what has changed of its place is kept. */
export async function register(
  repository: Repository,
  held: Map<string, HeldRepository>,
  shared: SharedParts,
  inTurn: InTurn,
): Promise<Registered> {
  for (;;) {
    const same =
      withCommonDir(repository.commonDir, held) ?? (await findMoved(repository, held, shared.journal))
    const id = same?.registration.id ?? freeId(repository.root, held)
    const done = await inTurn(id, async (one) => {
      // Whoever had the turn before may have registered, moved or forgotten it.
      const isStill =
        one === same && (same !== undefined || withCommonDir(repository.commonDir, held) === undefined)
      return isStill ? settle(id, same, repository, held, shared) : undefined
    })
    if (done !== undefined) return done
  }
}

/** Returns the repository that has this folder of git's. */
export function withCommonDir(
  commonDir: string,
  held: ReadonlyMap<string, HeldRepository>,
): HeldRepository | undefined {
  return [...held.values()].find(({ registration }) => registration.commonDir === commonDir)
}

/** Returns a path with symlinks resolved, as far as it exists. */
export function realPathOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

async function settle(
  id: string,
  known: HeldRepository | undefined,
  repository: Repository,
  held: Map<string, HeldRepository>,
  shared: SharedParts,
): Promise<Registered> {
  const { root, gitDir, commonDir } = repository
  const before = known?.registration
  if (known !== undefined && before?.commonDir === commonDir && (await leadsTo(repository, before, shared)))
    return { held: known, added: false }

  const addedAt = before?.addedAt ?? shared.now()
  const registration: RegisteredRepository = {
    id,
    path: root,
    gitDir,
    commonDir,
    addedAt,
    state: 'registered',
  }
  await known?.close()
  shared.journal.register(registration)
  const fresh = holdRepository(registration, shared)
  held.set(id, fresh)
  shared.publish({ type: 'repository.registered', data: { repository: id, path: root } })
  return { held: fresh, added: before?.commonDir !== commonDir }
}

/** Says whether the registered path still leads to the repository: another may be there by now. */
async function leadsTo(
  { root, commonDir }: Repository,
  { path }: RegisteredRepository,
  { git }: SharedParts,
): Promise<boolean> {
  if (path === root) return true
  const there = await openRepository(path, git).catch(() => undefined)
  return there?.commonDir === commonDir
}

/** A registered repository that is gone from its place has moved here if what was last seen of it is here. */
async function findMoved(
  repository: Repository,
  held: ReadonlyMap<string, HeldRepository>,
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

/** How many tips are looked for in a repository that may have moved. */
const mostTips = 20

async function hasAny(repository: Repository, oids: readonly string[]): Promise<boolean> {
  for (const oid of oids.slice(0, mostTips)) {
    const found = await repository.readCommit(oid).catch(() => undefined)
    if (found !== undefined) return true
  }
  return false
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
