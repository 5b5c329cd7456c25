import type { Config } from '../../contract/config.ts'
import type { Repository } from '../git/repository.ts'
import type { Embedder } from '../embedder/embedder.ts'
import type { MemoryStore } from '../store/store.ts'
import type { AlarmGauge } from './alarm.ts'
import type { Companion } from './cochange.ts'
import type { CommitGraph } from './commit-graph.ts'
import type { Identities } from './identities.ts'
import type { PatchReader } from './patches.ts'
import type { Ties } from './ties.ts'

/** What one repository's questions are answered from. */
export interface Memory {
  readonly id: string
  readonly repository: Repository
  readonly config: Config
  readonly store: MemoryStore
  readonly embedder: Embedder
  readonly graph: CommitGraph
  readonly ties: Ties
  readonly identities: Identities
  readonly patches: PatchReader
  readonly alarm: AlarmGauge
  /** Returns the files that change together with these, best first. */
  readonly companions: (paths: readonly string[]) => readonly Companion[]
  /** Says whether some ref still leads to the commit. */
  readonly isReachable: (oid: string) => boolean
  /** Milliseconds since the epoch. */
  readonly now: () => number
}
