import { release } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { AiosError } from '../contract/errors.ts'
import type { AuditEntry } from '../contract/audit.ts'
import type { operateRoutes } from '../contract/operate-routes.ts'
import type { Answers } from '../contract/route.ts'
import type { routes } from '../contract/routes.ts'
import type { StateFolders } from '../contract/state.ts'
import type { Audit } from './audit/audit.ts'
import { createGit } from './git/git.ts'
import type { HeldRepository } from './held-repository.ts'
import type { Metrics } from './metrics/metrics.ts'
import { assertReady } from './readiness.ts'
import type { Repositories } from './repositories.ts'
import type { Journal } from './store/journal.ts'
import { createTurns } from './turns.ts'
import { version } from './version.ts'

/** What whoever looks after the daemon is answered from. */
export interface OperateParts {
  readonly folders: StateFolders
  readonly journal: Journal
  readonly repositories: Repositories
  readonly audit: Audit
  readonly metrics: Metrics
  readonly answers: () => Pick<Answers<typeof routes>, 'status' | 'doctor' | 'config'>
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** Returns what answers the routes for whoever looks after the daemon; the dear ones load what they need when asked. */
export function answersForOperators(parts: OperateParts): Answers<typeof operateRoutes> {
  const { journal, repositories, audit, metrics } = parts
  const turns = createTurns()
  return {
    ready: () => assertReady(repositories, journal),
    metrics: async () => ({ text: await metrics.text() }),
    auditEntries: ({ since = 0, limit }, signal) => atMost(limit, audit.entries(since, signal)),
    auditHead: async () => audit.head(),
    verifyAudit: ({ head }, signal) => audit.verify(head, signal),
    bundle: ({ path }, signal) => bundleAt(absolute(path), parts, signal),
    backup: ({ path, full = false }, signal) =>
      turns.take('backup', () => backupAt(absolute(path), full, parts, signal)),
  }
}

async function* atMost(limit = Infinity, entries: AsyncIterable<AuditEntry>): AsyncGenerator<AuditEntry> {
  let left = limit
  for await (const entry of entries) {
    yield entry
    left -= 1
    if (left <= 0) return
  }
}

async function bundleAt(path: string, { folders, answers, metrics }: OperateParts, signal: AbortSignal) {
  const { writeBundle } = await import('./bundle.ts')
  const { redact } = await import('../native-workers/redact.ts')
  const asked = answers()
  const pretty = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`
  const texts = async () => ({
    'versions.json': pretty(await versions(signal)),
    'config.json': pretty(await asked.config({}, signal)),
    'status.json': pretty(await asked.status({}, signal)),
    'doctor.json': pretty(await asked.doctor({}, signal)),
    'metrics.txt': await metrics.text(),
  })
  return writeBundle(path, { folders, texts, redact }, signal)
}

async function versions(signal: AbortSignal): Promise<object> {
  const git = await createGit()
    ?.text(['--version'], { cwd: '/', signal })
    .catch(() => undefined)
  const { platform, arch } = process
  return { aios: version(), node: process.versions.node, git: git?.trim(), platform, arch, system: release() }
}

async function backupAt(path: string, full: boolean, parts: OperateParts, signal: AbortSignal) {
  const { writeBackup } = await import('./backup/write.ts')
  const { folders, journal, repositories, now } = parts
  const memories = () =>
    repositories.list().map((held) => ({
      id: held.registration.id,
      folder: join(folders.state, 'repositories', held.registration.id),
      whileStill: (work: () => Promise<void>) => whileStill(held, work),
    }))
  const gathered = { folders, copyJournal: journal.copyTo, memories, version: version(), now }
  return writeBackup(path, full, gathered, signal)
}

async function whileStill(held: HeldRepository, work: () => Promise<void>): Promise<void> {
  const store = held.current()?.remembered.memory.store
  await (store === undefined ? work() : store.whileStill(work))
}

/** The daemon stands elsewhere than whoever asks: only a whole path means the same to both. */
function absolute(path: string): string {
  if (isAbsolute(path)) return path
  throw new AiosError('request.invalid', `${path} is not an absolute path.`)
}
