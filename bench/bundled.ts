import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import type { HookInput, HookOutcome } from '../contract/hooks.ts'
import { stateFolders } from '../contract/state.ts'
import { createHookBus, type HookBus } from '../daemon/bus/hooks.ts'
import { createInlineEmbedder } from '../daemon/embedder/inline.ts'
import { isInputOf } from '../daemon/bus/hook-rules.ts'
import { createGit } from '../daemon/git/git.ts'
import { createLifecycle } from '../daemon/lifecycle.ts'
import { createMetrics } from '../daemon/metrics/metrics.ts'
import { related } from '../daemon/memory/related.ts'
import { timeline } from '../daemon/memory/timeline.ts'
import { gitQuestions } from '../daemon/git-questions.ts'
import { openPlugins } from '../daemon/open-plugins.ts'
import { pastEvents } from '../daemon/past-events.ts'
import { createRepositories, type Repositories } from '../daemon/repositories.ts'
import { openJournal } from '../daemon/store/journal.ts'
import { withHome } from './daemon.ts'
import { gitText, round, spread } from './report.ts'

const forever = new AbortController().signal
const runs = 60
const stagedFiles = 50
const pastCommits = 300
const shownExamples = 40
const gates = ['secrets', 'large-files', 'commit-message', 'forgotten-files', 'reopened-bug', 'commit-digest']

/** Measures what the bundled plugins add to a commit of 50 files, and what they would have said of past commits. */
export async function* benchBundled(repository: string): AsyncGenerator<object> {
  yield* await withHome(async (home) => {
    const clone = join(home, 'clone')
    execFileSync('git', ['clone', '--quiet', '--no-local', '--single-branch', repository, clone])
    const lifecycle = createLifecycle((name, error) => console.error(name, error))
    try {
      const opened = await openBundled(home, clone, lifecycle)
      const past = await overHistory(opened)
      opened.passMinute()
      const files = await oftenChanged(clone)
      const often = await commitOfFifty(opened, clone, 'changed most often', files.slice(0, stagedFiles))
      opened.passMinute()
      const every = Math.max(1, Math.floor(files.length / stagedFiles))
      const spreadOut = files.filter((_, at) => at % every === 0).slice(0, stagedFiles)
      return [...past, ...often, ...(await commitOfFifty(opened, clone, 'evenly chosen', spreadOut))]
    } finally {
      await lifecycle.close()
    }
  })
}

interface Opened {
  readonly bus: HookBus
  readonly repositories: Repositories
  readonly id: string
  readonly passMinute: () => void
}

async function openBundled(
  home: string,
  clone: string,
  lifecycle: ReturnType<typeof createLifecycle>,
): Promise<Opened> {
  const folders = stateFolders({ ...process.env, AIOS_HOME: home })
  const journal = openJournal(join(home, 'journal.db'), () => {})
  lifecycle.onClose('journal', () => journal.close())
  // What plugins may ask is counted by the minute; a bench asks as often as a day's work.
  let passed = 0
  const now = () => Date.now() + passed
  const policy = {
    onFailure: 'allow' as const,
    listeners: new Map(),
    timeoutMs: 20_000,
    longestTimeoutMs: 20_000,
  }
  const bus = createHookBus({ policy: () => policy, now, onRecord: () => {} })
  const repositories = createRepositories({
    git: createGit(),
    journal,
    openEmbedder: async () => ({ embedder: createInlineEmbedder({ dimensions: 64, seed: 1 }) }),
    hooks: bus,
    userFile: join(home, 'config.yaml'),
    environment: {},
    folderOf: (id) => join(home, id),
    publish: () => {},
    publishAll: () => {},
    onTrouble: (where, error) => console.error(where, error),
    now,
  })
  lifecycle.onClose('repositories', () => repositories.close())
  const { held } = await repositories.add(clone)
  const { remembered, repository } = await held.open()
  await remembered.settled()
  for (const plugin of gates) {
    journal.plugins.set({ repository: '', plugin, isEnabled: true, mode: 'enforce', config: '{}' })
  }
  const { memory } = remembered
  const unasked = () => Promise.reject(new Error('No bundled plugin asks this.'))
  const questions = {
    recall: unasked,
    why: unasked,
    context: unasked,
    show: unasked,
    related: (input: Parameters<typeof related>[0], signal: AbortSignal) =>
      related(input, { memory, ...gitQuestions(repository) }, signal),
    timeline: (input: Parameters<typeof timeline>[0], signal: AbortSignal) => timeline(input, memory, signal),
  }
  const logger = pino({ level: 'silent' })
  const events = { subscribe: () => () => {} }
  const metrics = createMetrics('bench')
  const ground = { folders, logger, lifecycle, now, journal, hooks: bus, metrics, repositories, events }
  const config = { config: { schedules: {} } }
  const answers = openPlugins({ ...ground, config, questions: () => questions })
  await answers.plugins({}, forever)
  return { bus, repositories, id: held.registration.id, passMinute: () => void (passed += 60_000) }
}

/** Asks the gates about commits that were made: a refusal is false unless the commit was taken back. */
async function overHistory({ bus, repositories, id }: Opened): Promise<object[]> {
  const { repository } = await (await repositories.find(id)).open()
  const falseBlocks = new Map<string, number>()
  const commitsWithFindings = new Map<string, number>()
  const examples: string[] = []
  let commits = 0
  for (const hook of ['pre-commit', 'commit-msg'] as const) {
    for await (const { oid, data, wasReverted } of pastEvents(
      { id, repository },
      hook,
      pastCommits,
      forever,
    )) {
      const { deniedBy, findings } = await ask(bus, hook, data)
      if (hook === 'pre-commit') commits += 1
      if (deniedBy !== undefined && !wasReverted) count(falseBlocks, deniedBy)
      for (const listener of new Set(findings.map((finding) => finding.listener))) {
        count(commitsWithFindings, listener)
      }
      const found = findings.map(({ listener, path = '', message }) => `${listener} ${path}: ${message}`)
      examples.push(...found.map((text) => `${oid.slice(0, 8)} ${text.slice(0, 300)}`))
    }
  }
  const counts = {
    falseBlocks: Object.fromEntries(falseBlocks),
    commitsWithFindings: Object.fromEntries(commitsWithFindings),
  }
  return [{ figure: 'past commits', commits, ...counts, examples: examples.slice(0, shownExamples) }]
}

/**
 * Asks about fifty files, each with lines that go and lines that come, as `git commit` would.
 *
 * Blobs before and after are new for each run, since a commit asks about what nobody has read yet.
 */
async function commitOfFifty(
  { bus, id }: Opened,
  clone: string,
  which: string,
  paths: readonly string[],
): Promise<object[]> {
  const texts = paths.map((path) => readFileSync(join(clone, path), 'utf8'))
  const all: number[] = []
  const each = new Map<string, number[]>()
  let bytes = 0
  for (let run = 0; run <= runs; run += 1) {
    const before = writeBlobs(
      clone,
      texts.map((text) => `${text}\n// ${run}\n`),
    )
    const edited = texts.map((text) => `${editedText(text)}\n// ${run}\n`)
    const after = writeBlobs(clone, edited)
    const files = paths.map((path, at): HookInput<'pre-commit'>['files'][number] => {
      const size = Buffer.byteLength(edited[at] ?? '')
      return {
        path,
        status: 'modified',
        mode: '100644',
        oid: after[at] ?? '',
        oldOid: before[at] ?? '',
        size,
      }
    })
    bytes = files.reduce((sum, { size }) => sum + size, 0)
    const event = { repository: id, root: clone, branch: 'main', author: 'Bench <bench@localhost>', files }
    const began = performance.now()
    const asked = [
      await ask(bus, 'pre-commit', event),
      await ask(bus, 'commit-msg', { ...event, message: 'fix(bench): fifty files' }),
    ]
    all.push(performance.now() - began)
    for (const { listener, ms } of asked.flatMap(({ results }) => results)) {
      each.set(listener, [...(each.get(listener) ?? []), ms])
    }
  }
  const ms = Object.fromEntries([...each].map(([listener, times]) => [listener, spread(times.slice(1))]))
  const whole = { which, files: paths.length, bytes, ms: spread(all.slice(1)), first: round(all[0] ?? 0) }
  return [
    { figure: 'all bundled plugins on one commit', limit: { p95: 60 }, ...whole },
    { figure: 'each of them', which, ms },
  ]
}

/** Returns a text of which lines go and lines are edited, all over it. */
export function editedText(text: string): string {
  const kept = text.split('\n').filter((_, at) => at % 40 > 2)
  return kept.map((line, at) => (at % 60 === 0 ? `${line} // turned` : line)).join('\n')
}

function writeBlobs(clone: string, texts: readonly string[]): string[] {
  const names = texts.map((_, at) => join(clone, '.git', `text-${at}`))
  for (const [at, name] of names.entries()) writeFileSync(name, texts[at] ?? '')
  const input = names.join('\n')
  const args = ['-C', clone, 'hash-object', '-w', '--no-filters', '--stdin-paths']
  return execFileSync('git', args, { input, encoding: 'utf8' }).trim().split('\n')
}

/** Returns the files of the worktree that changed most often: of those, most is known. */
export async function oftenChanged(clone: string): Promise<string[]> {
  const times = new Map<string, number>()
  for (const path of (
    await gitText(clone, 'log', '-n2000', '--format=', '--name-only', '--no-renames')
  ).split('\n')) {
    count(times, path)
  }
  const tracked = (await gitText(clone, 'ls-files', '*.js', '*.ts', '*.c', '*.h', '*.md')).split('\n')
  return tracked.toSorted((one, other) => (times.get(other) ?? 0) - (times.get(one) ?? 0))
}

/** Runs a hook; a listener that could not answer would make figures of nothing. */
async function ask(bus: HookBus, hook: 'pre-commit' | 'commit-msg', data: unknown): Promise<HookOutcome> {
  if (!isInputOf(hook, data)) throw new Error(`This is no event of ${hook}.`)
  const outcome = await bus.run(hook, data, forever)
  const failed = outcome.results.find(({ status }) => status !== 'ok')
  if (failed !== undefined) throw new Error(`${failed.listener}: ${failed.message}`)
  return outcome
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}
