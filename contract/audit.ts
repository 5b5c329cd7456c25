import Type, { type Static } from 'typebox'

const digest = Type.String({ pattern: '^[0-9a-f]{64}$' })
const seq = Type.Integer({ minimum: 1 })

/** What there is to record of one decision. */
export interface AuditRecord {
  /** What kind of decision it is, as in `hook.verdict`, `plugin.approved`, `login`. */
  readonly kind: string
  /** Who decided: a person by the door they came through, or a listener. */
  readonly actor: string
  /** What it was decided about. */
  readonly subject: string
  /** As in `allow`, `deny`, `approved`. */
  readonly decision: string
  /** In words; holds no secret and nothing that somebody committed. */
  readonly detail?: string
}

/** One decision as it is kept: numbered, and tied by hashes to all that came before it. */
export const AuditEntry = Type.Object({
  seq,
  time: Type.String(),
  kind: Type.String(),
  actor: Type.String(),
  subject: Type.String(),
  decision: Type.String(),
  detail: Type.Optional(Type.String()),
  previous: Type.String({ description: 'The hash of the entry before; 64 zeros in the first.' }),
  hash: Type.String({
    description:
      'SHA-256, in hex, of the entry as JSON in this order and without the hash, `previous` being in it.',
  }),
})
export type AuditEntry = Static<typeof AuditEntry>

/** The end of the chain. Whoever keeps it elsewhere can prove later that nothing before it was changed or cut off. */
export const AuditHead = Type.Object({
  seq: Type.Integer({ minimum: 0, description: '0 when nothing was recorded yet.' }),
  hash: digest,
})
export type AuditHead = Static<typeof AuditHead>

/** Whether the chain is whole. */
export const AuditVerdict = Type.Object({
  whole: Type.Boolean(),
  entries: Type.Integer({ minimum: 0, description: 'Entries that are sound, from the first on.' }),
  head: AuditHead,
  broken: Type.Optional(
    Type.Object(
      {
        line: Type.Integer({ minimum: 1, description: 'Of the file.' }),
        seq: Type.Optional(Type.Integer()),
        reason: Type.String(),
      },
      { description: 'The first entry that is not as it was written.' },
    ),
  ),
})
export type AuditVerdict = Static<typeof AuditVerdict>
