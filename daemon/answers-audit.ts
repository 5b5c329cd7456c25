import type { AuditRecord } from '../contract/audit.ts'
import type { Decision } from '../contract/caller.ts'
import type { Answers } from '../contract/route.ts'
import type { routes } from '../contract/routes.ts'
import type { Audit } from './audit/audit.ts'

type Routes = typeof routes

/** The routes whose decisions are recorded here, with what they were about. */
const recordedHere: ReadonlySet<string> = new Set<keyof Routes>([
  'approvePlugin',
  'enablePlugin',
  'disablePlugin',
  'removePlugin',
  'setConfig',
  'forgetRepository',
])

/** Returns what records the decisions of the doors: who came in, who was refused, and every weighty command. */
export function decisionsIn(audit: Audit): (decision: Decision) => void {
  return (decision) => {
    const isKnown = decision.kind === 'command' && decision.decision !== 'refused'
    if (!isKnown || !recordedHere.has(decision.subject)) audit.record(decision)
  }
}

/** Returns the same answers; what a person decides through them is recorded once it holds, and what was refused too. */
export function auditAnswers(answers: Answers<Routes>, audit: Audit, actor: () => string): Answers<Routes> {
  /** Records what comes of an act. */
  async function recorded<T>(record: Omit<AuditRecord, 'actor'>, act: () => Promise<T>): Promise<T> {
    try {
      const done = await act()
      audit.record({ ...record, actor: actor() })
      return done
    } catch (error) {
      audit.record({ ...record, actor: actor(), decision: `${record.decision} failed` })
      throw error
    }
  }

  return {
    ...answers,
    approvePlugin: (input, signal) => {
      const about = { subject: placeOf(input), detail: `hash ${input.hash}` }
      return recorded({ kind: 'plugin.approval', decision: 'approved', ...about }, () =>
        answers.approvePlugin(input, signal),
      )
    },
    enablePlugin: (input, signal) => {
      const detail = `mode ${input.mode ?? 'as before'}${input.anyway === true ? ', unproven' : ''}`
      return recorded({ kind: 'plugin.approval', decision: 'enabled', subject: placeOf(input), detail }, () =>
        answers.enablePlugin(input, signal),
      )
    },
    disablePlugin: (input, signal) =>
      recorded({ kind: 'plugin.approval', decision: 'disabled', subject: placeOf(input) }, () =>
        answers.disablePlugin(input, signal),
      ),
    removePlugin: (input, signal) =>
      recorded({ kind: 'plugin.approval', decision: 'removed', subject: placeOf(input) }, () =>
        answers.removePlugin(input, signal),
      ),
    setConfig: (input, signal) => {
      const { key, scope, value } = input
      // Values of other settings say little about policy, and an address may hold a password.
      const detail = key.startsWith('hooks.') ? `${scope}: ${value}` : scope
      return recorded({ kind: 'policy.change', decision: 'set', subject: key, detail }, () =>
        answers.setConfig(input, signal),
      )
    },
    forgetRepository: (input, signal) => {
      const decision = input.purge === true ? 'purged' : 'removed'
      return recorded({ kind: 'repository', decision, subject: input.repository }, () =>
        answers.forgetRepository(input, signal),
      )
    },
  }
}

function placeOf({ plugin, repository }: { plugin: string; repository?: string }): string {
  return repository === undefined ? plugin : `${plugin} in ${repository}`
}
