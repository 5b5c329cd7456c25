import { availableParallelism } from 'node:os'
import type { ParsedCommit } from './commit-assembler.ts'
import { type DiffKind, type DiffProcess, openDiffProcess } from './diff-process.ts'
import { type Git, gitFailed, type GitOptions } from './git.ts'
import { mayBeRename } from './raw-parser.ts'

/** A commit to be read, and whether it is a merge: git is asked for those in another way. */
export interface Listed {
  readonly oid: string
  readonly isMerge: boolean
}

/** A commit that could not be read, and what git said. */
export interface Skipped {
  readonly oid: string
  readonly reason: string
}

/** Reads many commits through several held-open processes, in the order asked. */
export interface Lanes {
  /** Returns the commits that could be read; the others are told of one by one. */
  read(commits: readonly Listed[], onSkipped: (skipped: Skipped) => void): Promise<ParsedCommit[]>
  close(): void
}

/** How commits and merges are asked for. */
export interface LaneKinds {
  readonly commits: DiffKind
  readonly merges: DiffKind
  /** How merges that may hold a rename are asked for again. */
  readonly again?: DiffKind
}

/** A process that is replaced when it has ended or grown old. */
interface Lane {
  read(oids: readonly string[], onSkipped: (skipped: Skipped) => void): Promise<readonly ParsedCommit[]>
  close(): void
}

/** Commits after which a process is replaced: git never gives back what it has learnt of old commits. */
const commitsPerProcess = 6144

/**
 * Opens the processes through which commits are read: two for commits where there are cores for them, one for merges.
 *
 * Detecting renames against every parent makes merges cost more than everything else together, so they are
 * read without it; only those in which a parent lacks a path are read again with it. Whoever waits for an answer goes
 * first: these processes stand back on the processor.
 */
export function openLanes(git: Git, kinds: LaneKinds, place: GitOptions): Lanes {
  const where = { ...place, isBackground: true }
  const width = Math.min(2, availableParallelism())
  const commitLanes = Array.from({ length: width }, () => openLane(git, kinds.commits, where))
  const mergeLane = openLane(git, kinds.merges, where)
  const againLane = kinds.again === undefined ? undefined : openLane(git, kinds.again, where)
  let turn = 0

  return {
    async read(commits, onSkipped) {
      const lane = commitLanes[turn++ % width] ?? mergeLane
      const oids = (isMerge: boolean) =>
        commits.filter((one) => one.isMerge === isMerge).map(({ oid }) => oid)
      const [plain, merges] = await Promise.all([
        lane.read(oids(false), onSkipped),
        mergeLane.read(oids(true), onSkipped),
      ])
      const doubtful =
        againLane === undefined ? [] : merges.filter(({ records }) => records.some(mayBeRename))
      const again = (await againLane?.read(doubtful.map(oidOf), onSkipped)) ?? []
      const found = new Map([...plain, ...merges, ...again].map((commit) => [oidOf(commit), commit]))
      return commits.flatMap(({ oid }) => found.get(oid) ?? [])
    },
    close() {
      for (const lane of [...commitLanes, mergeLane, againLane]) lane?.close()
    },
  }
}

/** Returns the id of a commit that was read. */
export function oidOf({ fields }: ParsedCommit): string {
  return fields[0]?.toString('latin1') ?? ''
}

function openLane(git: Git, kind: DiffKind, where: GitOptions): Lane {
  let current: DiffProcess | undefined
  let asked = 0

  return {
    async read(oids, onSkipped) {
      if (oids.length === 0) return []
      if (current === undefined || !current.isAlive() || asked > commitsPerProcess) {
        current?.finish()
        current = openDiffProcess(git, kind, where)
        asked = 0
      }
      asked += oids.length
      const { commits, failure } = await current.ask(oids)
      where.signal?.throwIfAborted()
      if (failure === undefined && commits.length === oids.length) return commits
      const known = new Set(commits.map(oidOf))
      const rest = oids.filter((oid) => !known.has(oid))
      return [...commits, ...(await readOneByOne(git, kind, where, rest, onSkipped))]
    },
    close: () => current?.close(),
  }
}

/** Reads commits among which one makes git fail, with a process that is replaced after each failure. */
async function readOneByOne(
  git: Git,
  kind: DiffKind,
  where: GitOptions,
  oids: readonly string[],
  onSkipped: (skipped: Skipped) => void,
): Promise<ParsedCommit[]> {
  const found: ParsedCommit[] = []
  let process: DiffProcess | undefined
  try {
    for (const oid of oids) {
      if (process?.isAlive() !== true) process = await openWorkingProcess(git, kind, where)
      const { commits, failure } = await process.ask([oid])
      where.signal?.throwIfAborted()
      const [commit] = commits
      if (failure === undefined && commit !== undefined) found.push(commit)
      else onSkipped({ oid, reason: failure ?? 'git does not know this commit' })
    }
  } finally {
    process?.close()
  }
  return found
}

/** Opens a process and makes sure that it answers: what fails after that is the fault of a commit. */
async function openWorkingProcess(git: Git, kind: DiffKind, where: GitOptions): Promise<DiffProcess> {
  const process = openDiffProcess(git, kind, where)
  const { failure } = await process.ask([])
  where.signal?.throwIfAborted()
  if (failure !== undefined) throw gitFailed(['diff-tree'], failure, 1)
  return process
}
