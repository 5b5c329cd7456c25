import { join } from 'node:path'
import { AiosError } from '../contract/errors.ts'
import type { Fact } from '../contract/events.ts'
import { aliasesIn, bookmarksIn, type HeldBookmarks } from './bookmarks.ts'
import type { HookBus } from './bus/hooks.ts'
import { type BlobReader, openBlobReader } from './git/blob-reader.ts'
import type { Git } from './git/git.ts'
import { openReaders } from './git/readers.ts'
import { openRepository, type Repository } from './git/repository.ts'
import { openStagedTrees, type StagedTrees } from './git/staged-trees.ts'
import { unionPatchId } from './git/diff-once.ts'
import { watchRepository } from './git/watch.ts'
import { holdConfig, type HeldConfig } from './held-config.ts'
import type { Health } from './held-health.ts'
import { inTime } from './in-time.ts'
import type { Lifecycle } from './lifecycle.ts'
import { createGitHistory } from './memory/git-history.ts'
import { openRemembered, type Remembered } from './memory/remembered.ts'
import type { EmbedderDoor } from './open-embedder.ts'
import type { Journal, RegisteredRepository } from './store/journal.ts'
import { openLanceStore } from './store/lance-store.ts'
import type { MemoryStore } from './store/store.ts'
import { aging, impatient } from './sharing.ts'
import { openStaging, type Staging } from './staging.ts'

/** What all repositories share. */
export interface SharedParts {
  readonly git: Git | undefined
  readonly journal: Journal
  readonly openEmbedder: EmbedderDoor
  readonly hooks: HookBus
  readonly userFile: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Returns the folder in which a repository's memory is kept. */
  readonly folderOf: (id: string) => string
  readonly publish: (fact: Fact) => void
  readonly publishAll: (facts: readonly Fact[]) => void
  readonly onTrouble: (where: string, error: unknown) => void
  readonly now: () => number
}

/** A repository that is read and asked. */
export interface OpenRepository {
  readonly repository: Repository
  readonly remembered: Remembered
  readonly config: HeldConfig
  readonly bookmarks: HeldBookmarks
  readonly blobs: BlobReader
  readonly staged: StagedTrees
  /** Returns what its memory takes on disk, as of a second ago or of the last time that the store was not busy. */
  readonly bytes: () => Promise<number>
}

/** Opens a registered repository and its memory, and keeps them level; what was opened is left to the lifecycle. */
export async function openRegistered(
  { id, path, commonDir }: RegisteredRepository,
  shared: SharedParts,
  lifecycle: Lifecycle,
  health: Health,
  signal: AbortSignal,
): Promise<OpenRepository> {
  const { git, journal, hooks, now, publish, publishAll } = shared
  const repository = await openRepository(path, git)
  // Without its own git folder, a path belongs to whatever repository lies above it, or took its place.
  if (repository.commonDir !== commonDir)
    throw new AiosError('repository.missing', `There is no repository at ${path}.`)
  const config = await holdConfig(sourcesFor(repository, shared), (error) => shared.onTrouble(id, error))
  const { embedder, teaching, copy, damage } = await shared.openEmbedder(shared.folderOf(id))
  if (damage !== undefined) publish({ type: 'embedder.failed', data: { repository: id, reason: damage } })
  const store = await openLanceStore(shared.folderOf(id), {
    embedder: embedder.id,
    dimensions: embedder.dimensions,
    graceMs: config.config.store.graceMinutes * 60_000,
    now,
    onHealed: (detail) => publish({ type: 'store.healed', data: { repository: id, detail } }),
    ...(copy === undefined ? {} : { copy }),
  })
  lifecycle.onClose('store', () => store.close())
  const { reader, blobs, staged } = openGitReaders(repository, lifecycle)
  const bookmarks = bookmarksIn(journal, id)
  const remembered = await openRemembered(
    {
      id,
      repository,
      store,
      embedder,
      hooks,
      ...(teaching === undefined ? {} : { teaching }),
      reader,
      bookmarks,
      publish,
      publishAll,
      now,
      history: createGitHistory(repository, () => config.config.ingest.excludeRefs),
      aliases: aliasesIn(journal, id, now),
      config: () => config.config,
      onFailure: health.failed,
      onSuccess: health.succeeded,
      unionPatchId: (base, tip, ending) => unionPatchId(repository, base, tip, ending),
    },
    signal,
  )
  lifecycle.onClose('catching up', () => remembered.close())
  const onError = (error: unknown) => shared.onTrouble(`${id}: watching`, error)
  const isWanted = () => hooks.isHeard('pre-commit')
  const staging = openStaging({ repository, staged, memory: remembered.memory, isWanted, onError })
  lifecycle.onClose('staging', () => staging.close())
  await keepLevel({ repository, remembered, config, staging }, lifecycle, onError)
  const bytes = impatient(aging(sizeOf(store), sizeMs), patienceMs)
  return { repository, remembered, config, bookmarks, blobs, staged, bytes }
}

function openGitReaders(repository: Repository, lifecycle: Lifecycle) {
  const reader = openReaders(repository)
  lifecycle.onClose('git', () => reader.close())
  const blobs = openBlobReader(repository)
  lifecycle.onClose('blobs', () => blobs.close())
  const staged = openStagedTrees(repository, blobs)
  lifecycle.onClose('staged', () => staged.close())
  return { reader, blobs, staged }
}

function sizeOf(store: Pick<MemoryStore, 'size'>): () => Promise<number> {
  return async () => (await store.size()).bytes
}

const sizeMs = 1_000
/** A store that is being written is slow to say how large it is, and nobody asks for that alone. */
const patienceMs = 50

const firstLookMs = 2_000

/**
 * Notices what moves: at once where the file system tells, and at intervals whatever it tells.
 *
 * Who asks first asks about what was committed while nobody looked, too, so that is waited for; a whole history is not.
 */
async function keepLevel(
  {
    repository,
    remembered,
    config,
    staging,
  }: Pick<OpenRepository, 'repository' | 'remembered' | 'config'> & {
    readonly staging: Staging
  },
  lifecycle: Lifecycle,
  onError: (error: unknown) => void,
): Promise<void> {
  const watch = watchRepository(repository, remembered.notice, { onIndex: staging.notice, onError })
  lifecycle.onClose('watch', () => watch.close())
  const look = () => {
    // Settings are no reason not to look: what is wrong with them is told by the status.
    config.refresh().catch(onError)
    remembered.notice()
  }
  const timer = setInterval(look, config.config.daemon.reconcileSeconds * 1000)
  lifecycle.onClose('timer', () => clearInterval(timer))
  if (remembered.counts().episodes === 0) return remembered.notice()
  // What fails here is tried again and told of by itself.
  await inTime(remembered.settled(), firstLookMs).catch(() => {})
}

function sourcesFor(
  repository: Repository,
  { userFile, environment }: SharedParts,
): Parameters<typeof holdConfig>[0] {
  const own = repository.isBare ? {} : { repositoryFile: join(repository.root, '.aiosrc.yaml') }
  return { userFile, environment, ...own }
}
