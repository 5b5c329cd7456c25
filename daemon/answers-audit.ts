import type { AuditRecord } from '../contract/audit.ts'
import type { PluginStatus } from '../contract/plugin-answers.ts'
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
export function auditAnswers(
  answers: Answers<Routes>,
  audit: Pick<Audit, 'record'>,
  actor: () => string,
): Answers<Routes> {
  const recorded = recorder(audit, actor)

  return {
    ...answers,
    ...answersAboutApproval(answers, recorded),
    setConfig: (input, signal) => {
      const { key, scope, value } = input
      // Values of other settings say little about policy, and an address may hold a password.
      const detail = key.startsWith('hooks.') && value !== undefined ? `${scope}: ${value}` : scope
      const decision = value === undefined ? 'unset' : 'set'
      return recorded({ kind: 'policy.change', decision, subject: key, detail }, () =>
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

type Recorded = ReturnType<typeof recorder>

/** Creates what records what comes of an act; what it was about is known for sure once it is done. */
function recorder(audit: Pick<Audit, 'record'>, actor: () => string) {
  return async <T>(
    record: Omit<AuditRecord, 'actor'>,
    act: () => Promise<T>,
    subjectOf: (done: T) => string = () => record.subject,
  ): Promise<T> => {
    try {
      const done = await act()
      audit.record({ ...record, subject: subjectOf(done), actor: actor() })
      return done
    } catch (error) {
      audit.record({ ...record, actor: actor(), decision: `${record.decision} failed` })
      throw error
    }
  }
}

const kind = 'plugin.approval'

function answersAboutApproval(
  answers: Answers<Routes>,
  recorded: Recorded,
): Pick<Answers<Routes>, 'approvePlugin' | 'enablePlugin' | 'disablePlugin' | 'removePlugin'> {
  return {
    approvePlugin: (input, signal) =>
      recorded(
        { kind, decision: 'approved', subject: input.plugin, detail: `hash ${input.hash}` },
        () => answers.approvePlugin(input, signal),
        ({ plugin }) => placeOf(input, isOfRepository(plugin)),
      ),
    enablePlugin: (input, signal) => {
      const detail = `mode ${input.mode ?? 'as before'}${input.anyway === true ? ', unproven' : ''}`
      return recorded(
        { kind, decision: 'enabled', subject: placeOf(input, input.here), detail },
        () => answers.enablePlugin(input, signal),
        (plugin) => placeOf(input, input.here === true || isOfRepository(plugin)),
      )
    },
    disablePlugin: (input, signal) =>
      recorded(
        { kind, decision: 'disabled', subject: placeOf(input, input.here) },
        () => answers.disablePlugin(input, signal),
        (plugin) => placeOf(input, input.here === true || isOfRepository(plugin)),
      ),
    removePlugin: (input, signal) =>
      recorded(
        { kind, decision: 'removed', subject: input.plugin },
        () => answers.removePlugin(input, signal),
        ({ isDeleted }) => placeOf(input, !isDeleted),
      ),
  }
}

/** A plugin that a repository asks for; what is decided about any other holds everywhere, wherever it was decided. */
function isOfRepository({ repository }: PluginStatus): boolean {
  return repository !== undefined
}

function placeOf(
  { plugin, repository }: { plugin: string; repository?: string },
  isThere: boolean | undefined,
): string {
  return isThere === true && repository !== undefined ? `${plugin} in ${repository}` : plugin
}
