import { oid } from './answers.ts'
import type { Answers } from '../../contract/route.ts'
import type { routes } from '../../contract/routes.ts'

/** Text as a commit may hold it: colours, titles, links, cursor moves, bells, C1, turned writing, tags, half a character. */
export const evil =
  'tide\u001b[31m\u001b]0;owned\u0007\u001b]8;;http://evil\u001b\\\u009b2J\u0090\u202Egnp.exe\u2066\u200E\u0000\u0008\u007f\r\u2028\u{e0041}\ud800end'

const when = '2024-05-01T12:00:00Z'
const commit = { oid, subject: evil, author: evil, time: when }
const person = { name: evil, email: evil, time: when }
const progress = { done: 1, total: 2, ratePerSecond: 1, secondsLeft: 3 }
const repository = {
  id: 'tide-1',
  path: `/p/${evil}`,
  branch: evil,
  episodes: 1,
  complete: 1,
  pending: 1,
  skipped: 1,
  unreachable: 0,
  bytes: 1,
  state: 'failed' as const,
  progress: { phase: 'messages' as const, ...progress },
  problem: evil,
}
const suggestions = {
  summary: { commits: 1, authors: 1, files: 1, fixes: 0, reverts: 0, ties: 0 },
  tries: [{ command: evil, why: evil }],
}

/** Answers of a repository whose every text is hostile. */
export const hostileAnswers: Partial<Answers<typeof routes>> = {
  recall: async ({ question }) => ({
    question,
    kind: 'prose',
    abstained: false,
    reason: evil,
    tookMs: 1,
    hits: [
      {
        ...commit,
        repository: evil,
        score: 0.5,
        identity: oid,
        kind: 'fix',
        reachable: true,
        passages: [
          { path: evil, startLine: 1, endLine: 2, text: `+${evil}\n-${evil}` },
          { path: '', startLine: 0, endLine: 0, text: evil },
        ],
        was: [oid],
        revertedBy: oid,
        signals: { [evil]: 0.5 },
      },
    ],
  }),
  why: async () => ({
    file: evil,
    line: 3,
    text: [evil],
    episodes: [{ ...commit, role: 'shaped', path: evil, lines: [1], reason: evil }],
    ties: [],
    confidence: 0.5,
    doubts: [evil],
  }),
  related: async () => ({
    asked: [evil],
    abstained: false,
    files: [{ path: evil, support: 3, confidence: 0.5, missing: true, evidence: [{ oid, subject: evil }] }],
  }),
  context: async () => ({
    tokens: 1,
    budget: 100,
    blocks: [{ text: evil, tokens: 1, citations: [{ oid }] }],
  }),
  show: async () => ({
    repository: 'tide-1',
    ties: [{ kind: 'fixes', from: oid, to: 'b'.repeat(40) }],
    subjects: { ['b'.repeat(40)]: evil },
    was: [],
    episode: {
      oid,
      identity: oid,
      parents: [],
      tree: oid,
      author: person,
      committer: person,
      subject: evil,
      body: `${evil}\n${evil}`,
      trailers: [{ key: evil, value: evil }],
      kind: 'fix',
      changes: [{ path: evil, oldPath: evil, status: 'renamed', additions: 1, deletions: 1, binary: false }],
      symbols: [evil],
      tokens: 1,
      references: { commits: [], issues: [evil] },
      reachable: true,
      redactions: 0,
      complete: false,
    },
  }),
  timeline: async () => ({ items: [{ ...commit, kind: 'fix', files: 1, reachable: true }], next: evil }),
  async *events() {
    yield { seq: 1, id: 'e', type: 'memory.skipped', time: when, data: { reason: evil } }
  },
  repositories: async () => ({ items: [repository] }),
  repository: async () => repository,
  addRepository: async () => ({ repository, added: true }),
  async *followProgress() {
    yield { phase: 'idle', ...progress }
  },
  suggestions: async () => suggestions,
  doctor: async () => ({
    healthy: false,
    checks: [{ name: evil, ok: false, detail: evil, hint: evil, fixed: evil }],
  }),
  config: async () => ({
    settings: [{ key: 'recall.limit', value: evil, origin: evil }],
    files: [{ path: evil, exists: true, valid: true, scope: 'user' }],
    problems: [{ code: 'config.invalid', message: evil, hint: evil }],
  }),
}
