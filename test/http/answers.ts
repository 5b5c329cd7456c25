import type { authRoutes } from '../../contract/auth-routes.ts'
import { AiosError } from '../../contract/errors.ts'
import type { noteRoutes } from '../../contract/note-routes.ts'
import type { operateRoutes } from '../../contract/operate-routes.ts'
import type { EvaluationReport } from '../../contract/evaluation.ts'
import type { pluginRoutes } from '../../contract/plugin-routes.ts'
import type { Answers } from '../../contract/route.ts'
import type { routes } from '../../contract/routes.ts'
import type { scheduleRoutes } from '../../contract/schedule-routes.ts'
import type { taskRoutes } from '../../contract/task-routes.ts'
import type { RepositoryStatus } from '../../contract/status.ts'

type Every = Answers<typeof routes>

export const oid = 'a'.repeat(40)

export const repository: RepositoryStatus = {
  id: 'tide-1',
  path: '/projects/tide',
  head: oid,
  branch: 'main',
  episodes: 3,
  complete: 3,
  pending: 0,
  skipped: 0,
  unreachable: 0,
  bytes: 1234,
  state: 'ready',
}

/** Returns answers that are true to the contract and know one repository, `tide-1`; `some` replaces a few. */
export function answersWith(some: Partial<Every> = {}): Every {
  const config = { settings: [], files: [], problems: [] }
  const hooks = {
    way: 'files' as const,
    folder: '/projects/tide/.git/hooks',
    hooks: [],
    changed: 0,
    remarks: [],
  }
  return {
    health: async () => ({ alive: true }),
    identity: async () => ({ id: 'one', pid: process.pid, version: '1.2.3', protocol: 1, ready: true }),
    status: async () => ({
      daemon: {
        id: 'one',
        pid: process.pid,
        version: '1.2.3',
        protocol: 1,
        url: '',
        socket: '/run/aios.sock',
        state: '/state',
        startedAt: '2024-05-01T00:00:00Z',
        rssBytes: 100_000_000,
        cpuSeconds: 3,
        workers: { running: true, restarts: 0 },
      },
      repositories: [repository],
      problems: [],
    }),
    capabilities: async () => ({
      version: '1.2.3',
      protocol: 1,
      routes: [],
      hooks: [],
      commands: [],
      listeners: [],
    }),
    doctor: async () => ({ healthy: true, checks: [] }),
    stop: async () => ({ pid: process.pid }),
    repositories: async () => ({ items: [repository] }),
    addRepository: async () => ({ repository, added: true }),
    repository: async (input) => known(input.repository),
    forgetRepository: async (input) => ({ id: known(input.repository).id, purged: input.purge === true }),
    reindexRepository: async (input) => known(input.repository),
    catchUp: async (input) => known(input.repository),
    async *followProgress(input) {
      known(input.repository)
      yield { phase: 'messages', done: 1, total: 3, ratePerSecond: 10, secondsLeft: 1 }
      yield { phase: 'idle', done: 3, total: 3, ratePerSecond: 0 }
    },
    suggestions: async () => ({
      summary: {
        commits: 3,
        authors: 1,
        files: 2,
        fixes: 1,
        reverts: 0,
        ties: 0,
        firstYear: 2020,
        lastYear: 2024,
      },
      tries: [{ command: "aios recall 'tide'", why: 'Three commits speak of it.' }],
    }),
    recall: async ({ question }) => ({ question, kind: 'prose', hits: [], abstained: false, tookMs: 1 }),
    why: async ({ path }) => ({ file: path, text: [], episodes: [], ties: [], confidence: 0, doubts: [] }),
    related: async ({ paths }) => ({ asked: paths, files: [], abstained: false }),
    context: async () => ({ tokens: 0, budget: 2000, blocks: [] }),
    async *evaluate(input) {
      const { id } = known(input.repository)
      yield { type: 'progress', phase: 'reading messages', done: 1, total: 3, secondsLeft: 1 }
      yield { type: 'report', report: { ...evaluation, repository: id } }
    },
    show: async () => {
      throw new AiosError('episode.unknown', 'That commit is not remembered.')
    },
    timeline: async () => ({ items: [] }),
    async *events() {
      yield { seq: 1, id: 'e1', type: 'daemon.started', time: '2024-05-01T00:00:00Z', data: {} }
    },
    config: async () => config,
    setConfig: async () => config,
    hooksStatus: async (input) => ({ repository: known(input.repository).id, ...hooks }),
    installHooks: async (input) => ({ repository: known(input.repository).id, ...hooks }),
    uninstallHooks: async (input) => ({ repository: known(input.repository).id, ...hooks }),
    askHook: async () => ({ decision: 'allow', text: 'aios1 allow' }),
    notifyHook: async () => ({ noticed: 1 }),
    ...pluginAnswers,
    ...taskAnswers,
    pastEvents: async () => ({ items: [] }),
    ...noteAnswers,
    ...scheduleAnswers,
    callTool: async ({ tool }) => ({ text: `asked ${tool}`, data: { tool }, isError: false }),
    episodeText: async ({ oid: asked }) => ({ text: `Commit ${asked}` }),
    ...operateAnswers,
    ...authAnswers,
    ...some,
  }
}

const head = { seq: 1, hash: 'c'.repeat(64) }

const operateAnswers: Pick<Every, keyof typeof operateRoutes> = {
  ready: async () => ({ ready: true }),
  metrics: async () => ({ text: '# TYPE tides gauge\ntides 2\n' }),
  async *auditEntries() {
    yield {
      ...head,
      time: '2024-05-01T00:00:00Z',
      kind: 'hook.verdict',
      actor: 'secrets',
      subject: 'pre-commit in tide-1',
      decision: 'deny',
      previous: '0'.repeat(64),
    }
  },
  auditHead: async () => head,
  verifyAudit: async () => ({ whole: true, entries: 1, head }),
  bundle: async ({ path }) => ({ path, bytes: 1234, files: ['versions.json'], redactions: 0 }),
  backup: async ({ path, full = false }) => ({
    path,
    bytes: 1234,
    sha256: 'd'.repeat(64),
    full,
    files: 2,
    left: [],
  }),
}

export const evaluation: EvaluationReport = {
  repository: 'tide-1',
  head: oid,
  commits: 3,
  part: 'newest',
  sample: 100,
  seed: 1,
  embedder: { state: 'untrained', commits: 0, seconds: 0, note: '3 of 1000 commits' },
  folder: '/state/evaluations/tide-1',
  seconds: 1,
  interrupted: false,
  tasks: [],
}

const plugin = {
  id: 'tides',
  name: 'Tides',
  version: '1.0.0',
  description: '',
  origin: 'user' as const,
  path: '/plugins/tides',
  hash: 'b'.repeat(64),
  state: 'unapproved' as const,
  mode: 'shadow' as const,
  hooks: ['pre-commit'],
  requested: [],
  granted: [],
}
const request = { plugin, difference: { added: [], removed: [], kept: [] }, missing: [] }
const history = { calls: 0, denials: 0, falseBlocks: 0, rate: 0, interval: [0, 1], failures: 0, denied: [] }

const pluginAnswers: Answers<typeof pluginRoutes> = {
  plugins: async () => ({ items: [plugin], capabilities: { hooks: [], permissions: [] } }),
  plugin: async () => request,
  addPlugin: async () => request,
  approvePlugin: async () => request,
  enablePlugin: async () => plugin,
  disablePlugin: async () => plugin,
  removePlugin: async ({ plugin: id }) => ({ id, isDeleted: false }),
  testPlugin: async () => ({ plugin, isPassed: true, events: [], history }),
  replayPlugin: async ({ call: id }) => {
    const report = { id, plugin: 'tides', hook: 'pre-commit', before: '', after: '' }
    return { ...report, isSameVersion: true, isSame: true }
  },
  pluginLogs: async () => ({ items: [] }),
  scaffoldPlugin: async () => ({ files: {} }),
}

const task = {
  id: 'abc',
  kind: 'doctor',
  state: 'completed' as const,
  priority: 3,
  tries: 1,
  mostTries: 3,
  createdAt: '2024-05-01T00:00:00Z',
  changedAt: '2024-05-01T00:00:00Z',
}

const taskAnswers: Answers<typeof taskRoutes> = {
  tasks: async () => ({ items: [task] }),
  task: async ({ task: id }) => ({ ...task, id }),
  async *followTask({ task: id }) {
    yield { ...task, id }
  },
  cancelTask: async ({ task: id }) => ({ ...task, id, state: 'cancelled' }),
  replayTask: async ({ task: id }) => ({ ...task, id, state: 'queued' }),
}

const note = {
  id: 1,
  repository: 'tide-1',
  time: '2024-05-01T00:00:00.000Z',
  by: 'user',
  text: 'low',
  about: [],
}

const scheduleAnswers: Answers<typeof scheduleRoutes> = {
  schedules: async () => ({
    items: [{ name: 'daily', expression: '0 4 * * *', listeners: ['tides'], waiting: [], repositories: [] }],
  }),
  runSchedule: async ({ schedule, repository }) => {
    const due = '2024-05-01T04:00:00.000Z'
    const results = [{ listener: 'tides', status: 'ok', ms: 1 }]
    return { schedule, repository: known(repository).id, due, results }
  },
}

const noteAnswers: Answers<typeof noteRoutes> = {
  notes: async () => ({ items: [note] }),
  addNote: async ({ text, about = [] }) => ({ ...note, text, about }),
  forgetNote: async () => note,
  giveFeedback: async (input) => ({ repository: known(input.repository).id }),
}

const when = '2024-05-01T00:00:00Z'
const user = { name: 'ada', role: 'reader' as const, createdAt: when }

const authAnswers: Answers<typeof authRoutes> = {
  pair: async ({ role = 'reader' }) => ({ url: 'http://127.0.0.1:1/pair#x', role, expiresAt: when }),
  rotateCredentials: async () => ({ tokenFile: '/run/token', sessions: 0 }),
  users: async () => ({ items: [user] }),
  addUser: async ({ name, role }) => ({ user: { ...user, name, role }, secret: 's' }),
  removeUser: async ({ user: name }) => ({ name }),
  accessToken: async () => ({ token: 't', expiresAt: when }),
}

function known(name: string): RepositoryStatus {
  if (name === repository.id || name === repository.path) return repository
  throw new AiosError('repository.unknown', `No repository is called ${name}.`)
}
