import Type, { type Static } from 'typebox'
import { RepositoryName } from './answers.ts'
import { Oid } from './episode.ts'
import { limits } from './limits.ts'
import { route } from './route.ts'

/** The hooks of git that ask whether it may go on. */
export const questionHooks = ['pre-commit', 'commit-msg', 'pre-push'] as const
/** The hooks of git that only tell. */
export const noticeHooks = ['post-commit', 'post-merge', 'post-checkout', 'post-rewrite'] as const

/** The name of a hook that asks. */
export type QuestionHook = (typeof questionHooks)[number]
/** The name of a hook of git that aios is installed for. */
export type GitHook = QuestionHook | (typeof noticeHooks)[number]

const QuestionHookName = Type.Enum([...questionHooks])
const GitHookName = Type.Enum([...questionHooks, ...noticeHooks])

const path = Type.String({ maxLength: 4096 })
const word = Type.String({ maxLength: 1024 })

/** How aios stands in one hook. */
export const HookStatus = Type.Object({
  hook: GitHookName,
  state: Type.Union(
    [
      Type.Literal('installed'),
      Type.Literal('absent'),
      Type.Literal('outdated'),
      Type.Literal('edited'),
      Type.Literal('displaced'),
    ],
    {
      description:
        'outdated: of another aios or another state folder; edited: somebody changed our file; displaced: it was installed, and somebody put another hook in its place.',
    },
  ),
  keeps: Type.Boolean({ description: 'Whether a hook that was there before runs first.' }),
})
export type HookStatus = Static<typeof HookStatus>

/** How aios stands in the hooks of a repository. */
export const HooksAnswer = Type.Object({
  repository: Type.String(),
  way: Type.Union([Type.Literal('config'), Type.Literal('files')], {
    description: 'Hooks in the configuration, from git 2.54 on, or files in the hooks folder.',
  }),
  folder: Type.String({ description: 'Where git looks for hook files here.' }),
  manager: Type.Optional(
    Type.String({ description: 'husky, lefthook or pre-commit, where one is at work.' }),
  ),
  hooks: Type.Array(HookStatus),
  changed: Type.Integer({ minimum: 0, description: 'Hooks that this call changed.' }),
  remarks: Type.Array(Type.String({ description: 'What a person should know, and do.' })),
})
export type HooksAnswer = Static<typeof HooksAnswer>

/** What a hook asks, as the shell sends it: words as git gave them. */
export const HookQuestion = Type.Object({
  hook: QuestionHookName,
  directory: Type.String({ minLength: 1, maxLength: 4096, description: 'Where git ran the hook.' }),
  gitDir: Type.Optional(path),
  indexFile: Type.Optional(path),
  workTree: Type.Optional(path),
  authorName: Type.Optional(word),
  authorEmail: Type.Optional(word),
  editor: Type.Optional(Type.String({ maxLength: 4096, description: '`:` when nobody edits the message.' })),
  skip: Type.Optional(Type.String({ maxLength: 1024, description: 'Listeners to leave out: AIOS_SKIP.' })),
  input: Type.Optional(Type.String({ description: 'What git wrote on standard input.' })),
  arguments: Type.Optional(Type.Array(path, { maxItems: 16 })),
})
export type HookQuestion = Static<typeof HookQuestion>

/** What came of a question. */
export const HookAnswer = Type.Object({
  decision: Type.Union([Type.Literal('allow'), Type.Literal('deny')]),
  text: Type.String({
    description: 'For a shell: the decision in the first line, then what is to be shown.',
  }),
})
export type HookAnswer = Static<typeof HookAnswer>

/** What a hook tells. */
export const HookNotice = Type.Object({
  hook: Type.Enum([...noticeHooks]),
  place: Type.Optional(
    Type.String({ maxLength: 4096, description: 'A worktree or git folder; `?` when unknown.' }),
  ),
  oid: Type.Optional(Oid),
  branch: Type.Optional(Type.String({ maxLength: 1024, description: 'The branch that HEAD was on.' })),
  arguments: Type.Optional(
    Type.Array(word, { maxItems: 16, description: 'What git gave the hook, in its order.' }),
  ),
  rewritten: Type.Optional(
    Type.Array(Type.Object({ from: Type.String(), to: Type.String() }), { maxItems: 10_000 }),
  ),
})
export type HookNotice = Static<typeof HookNotice>

const named = Type.Object({ repository: RepositoryName })

/** The routes about the hooks of git. */
export const hookRoutes = {
  hooksStatus: route({
    method: 'GET',
    path: '/v1/repositories/:repository/hooks',
    summary: 'Say how aios stands in the hooks of a repository.',
    role: 'reader',
    cost: 'cheap',
    input: named,
    reply: HooksAnswer,
  }),
  installHooks: route({
    method: 'POST',
    path: '/v1/repositories/:repository/hooks',
    summary: 'Put aios beside the hooks that are there. Does nothing where it stands already.',
    role: 'admin',
    cost: 'cheap',
    input: named,
    reply: HooksAnswer,
  }),
  uninstallHooks: route({
    method: 'DELETE',
    path: '/v1/repositories/:repository/hooks',
    summary: 'Take aios out of the hooks and put back what was there, byte for byte.',
    role: 'admin',
    cost: 'cheap',
    input: named,
    reply: HooksAnswer,
  }),
  askHook: route({
    method: 'POST',
    path: '/v1/hooks/ask',
    summary: 'Ask, as a hook of git does, whether a commit or a push may go on.',
    role: 'writer',
    cost: 'cheap',
    bodyBytes: limits.hookBodyBytes,
    input: HookQuestion,
    reply: HookAnswer,
  }),
  notifyHook: route({
    method: 'POST',
    path: '/v1/hooks/notify',
    summary: 'Tell, as a hook of git does, that something moved.',
    role: 'writer',
    cost: 'cheap',
    bodyBytes: limits.hookBodyBytes,
    input: HookNotice,
    reply: Type.Object({
      noticed: Type.Integer({ minimum: 0, description: 'Repositories that look again.' }),
    }),
  }),
} as const
