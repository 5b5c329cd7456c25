import type { AuditEntry, AuditHead, AuditVerdict } from '../../contract/audit.ts'
import { AiosError } from '../../contract/errors.ts'
import { operateRoutes } from '../../contract/operate-routes.ts'
import { counted } from '../amount.ts'
import { command, group } from '../command.ts'
import { answer, items } from '../outcome.ts'
import { styled, type Terminal } from '../terminal.ts'
import { wallClock } from '../wall-clock.ts'

/** What the process ends with when the chain is not as it was written. */
const broken = 1

const list = command({
  name: 'list',
  summary: 'list the decisions that were recorded last',
  options: { lines: { kind: 'count', flags: '-n, --lines <count>', summary: 'how many' } },

  async run(context, _words, { lines = 50 }) {
    const client = await context.connect()
    const { seq } = await client.call(operateRoutes.auditHead, {})
    return items(client.stream(operateRoutes.auditEntries, { since: Math.max(0, seq - lines) }), printEntry)
  },
})

const head = command({
  name: 'head',
  summary: 'print the end of the audit chain, to be kept elsewhere',

  async run(context) {
    const client = await context.connect()
    const print = (end: AuditHead, terminal: Terminal) => terminal.line(textOf(end))
    return answer('audit-head', await client.call(operateRoutes.auditHead, {}), print)
  },
})

const verify = command({
  name: 'verify',
  summary: 'check that no recorded decision was changed, removed, added or moved',
  options: {
    head: {
      kind: 'text',
      flags: '--head <head>',
      summary: 'a head from before, as `aios audit head` prints it: also tells whether the end was cut off',
    },
  },
  examples: ['aios audit verify', 'aios audit verify --head 12:5f1c…'],

  async run(context, _words, values) {
    const known = values.head === undefined ? {} : { head: headIn(values.head) }
    const client = await context.connect()
    const verdict = await client.call(operateRoutes.verifyAudit, known)
    return answer('audit-verify', verdict, printVerdict, verdict.whole ? 0 : broken)
  },
})

const exported = command({
  name: 'export',
  summary: 'print every recorded decision, one JSON object a line, as it is kept',

  async run(context) {
    const client = await context.connect()
    const entries = client.stream(operateRoutes.auditEntries, {})
    return items(entries, (entry, terminal) => terminal.line(JSON.stringify(entry)))
  },
})

export default group('audit', 'look at the decisions that were recorded, and check them', [
  list,
  head,
  verify,
  exported,
])

function textOf({ seq, hash }: AuditHead): string {
  return `${seq}:${hash}`
}

function headIn(text: string): AuditHead {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text.trim()) ?? []
  if (seq !== undefined && hash !== undefined) return { seq: Number(seq), hash }
  throw new AiosError('command.usage', `${text} is no head; \`aios audit head\` prints one.`)
}

function printEntry(
  { seq, time, kind, actor, subject, decision, detail }: AuditEntry,
  terminal: Terminal,
): void {
  const look = decision === 'deny' || decision.endsWith('failed') ? 'yellow' : 'green'
  const when = `${String(seq).padStart(6)}  ${wallClock(time)}  `
  terminal.line(
    styled('dim', when),
    styled(look, decision),
    ` ${kind} `,
    styled('bold', subject),
    ` by ${actor}`,
  )
  if (detail !== undefined) terminal.line(' '.repeat(29), styled('dim', detail))
}

function printVerdict({ whole, entries, head: end, broken: breach }: AuditVerdict, terminal: Terminal): void {
  if (whole) {
    terminal.line(styled('green', '✔ '), `${counted(entries, 'decision')}, none changed.`)
    terminal.line(styled('dim', textOf(end)))
    return
  }
  const name = breach?.seq === undefined ? '' : `, entry ${breach.seq}`
  terminal.line(
    styled('red', '✖ '),
    `The audit chain is broken at line ${breach?.line ?? 1}${name}: ${breach?.reason ?? ''}.`,
  )
  terminal.line(styled('dim', `${counted(entries, 'decision')} before it are as they were written.`))
}
