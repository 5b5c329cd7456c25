import Type from 'typebox'
import { AuditEntry, AuditHead, AuditVerdict } from './audit.ts'
import { BackupAnswer } from './backup.ts'
import { route, streamRoute } from './route.ts'

const nothing = Type.Object({})
const file = Type.String({ minLength: 1, maxLength: 4096, description: 'The file to write. Absolute.' })
const since = Type.Optional(Type.Integer({ minimum: 0, description: 'Entries after this number.' }))

/** The routes for whoever looks after the daemon. */
export const operateRoutes = {
  ready: route({
    method: 'GET',
    path: '/readyz',
    summary: 'Say that every repository that is there can be searched; else fail with the reasons.',
    role: 'reader',
    cost: 'cheap',
    input: nothing,
    reply: Type.Object({ ready: Type.Literal(true) }),
  }),
  metrics: route({
    method: 'GET',
    path: '/metrics',
    summary: 'Return the figures that Prometheus collects.',
    role: 'reader',
    cost: 'cheap',
    media: 'text/plain; version=0.0.4; charset=utf-8',
    input: nothing,
    reply: Type.Object({ text: Type.String() }),
  }),
  auditEntries: streamRoute({
    method: 'GET',
    path: '/v1/audit',
    summary: 'List recorded decisions, oldest first.',
    role: 'admin',
    cost: 'heavy',
    input: Type.Object({ since, limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })) }),
    reply: AuditEntry,
  }),
  auditHead: route({
    method: 'GET',
    path: '/v1/audit/head',
    summary: 'Return the end of the audit chain, to be kept elsewhere.',
    role: 'reader',
    cost: 'cheap',
    input: nothing,
    reply: AuditHead,
  }),
  verifyAudit: route({
    method: 'POST',
    path: '/v1/audit/verify',
    summary: 'Follow the audit chain, and name the first entry that is not as it was written.',
    role: 'admin',
    cost: 'heavy',
    input: Type.Object({ head: Type.Optional(AuditHead) }),
    reply: AuditVerdict,
  }),
  bundle: route({
    method: 'POST',
    path: '/v1/doctor/bundle',
    summary: 'Write what helps to find a fault into one file, without secrets.',
    role: 'admin',
    cost: 'heavy',
    input: Type.Object({ path: file }),
    reply: Type.Object({
      path: Type.String(),
      bytes: Type.Integer({ minimum: 0 }),
      files: Type.Array(Type.String({ description: 'What is inside.' })),
      redactions: Type.Integer({ minimum: 0, description: 'Secrets that were taken out.' }),
    }),
  }),
  backup: route({
    method: 'POST',
    path: '/v1/backup',
    summary: 'Write what cannot be read again from git into one file; with full, the memories too.',
    role: 'admin',
    cost: 'heavy',
    input: Type.Object({ path: file, full: Type.Optional(Type.Boolean()) }),
    reply: BackupAnswer,
  }),
} as const
