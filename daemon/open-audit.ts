import { join } from 'node:path'
import type { Logger } from 'pino'
import type { StateFolders } from '../contract/state.ts'
import { openAudit, type Audit } from './audit/audit.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Metrics } from './metrics/metrics.ts'

/** What the audit chain is opened with. */
export interface AuditGround {
  readonly folders: StateFolders
  readonly logger: Logger
  readonly lifecycle: Lifecycle
  readonly metrics: Metrics
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** Opens the chain of the state folder, which is closed with the daemon. */
export function openStateAudit({ folders, logger, lifecycle, metrics, now }: AuditGround): Audit {
  const audit = openAudit({
    file: join(folders.state, 'audit.ndjson'),
    now,
    onTrouble: (error) => logger.error({ err: error }, 'the audit chain'),
  })
  lifecycle.onClose('audit', () => audit.close())
  lifecycle.onClose(
    'figures of the audit',
    metrics.read(() => ({ auditEntries: audit.head().seq })),
  )
  return audit
}
