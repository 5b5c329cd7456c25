import Type from 'typebox'
import { Oid } from './episode.ts'

/** One path of what is about to be committed. */
const stagedFile = Type.Object({
  path: Type.String(),
  oldPath: Type.Optional(Type.String()),
  status: Type.Union([
    Type.Literal('added'),
    Type.Literal('modified'),
    Type.Literal('deleted'),
    Type.Literal('renamed'),
    Type.Literal('copied'),
    Type.Literal('type-changed'),
  ]),
  mode: Type.String({ description: 'In octal digits, `000000` when it is deleted.' }),
  oid: Type.String({ description: 'The blob in the index, all zeros when it is deleted.' }),
  oldOid: Type.Optional(Type.String({ description: 'The blob in HEAD; absent when there is none.' })),
  size: Type.Integer({ minimum: 0 }),
  isBinary: Type.Optional(Type.Boolean()),
})

const place = {
  repository: Type.String({ description: 'The repository id.' }),
  root: Type.String({ description: 'Absolute path of the worktree.' }),
  branch: Type.Optional(Type.String({ description: 'Absent while HEAD is detached.' })),
  author: Type.Optional(Type.String({ description: '`Name <address>`.' })),
}
const files = Type.Array(stagedFile)

/** What a hook that only tells is about. It is told when the daemon reads of it, with what HEAD was at the time. */
const after = {
  repository: place.repository,
  root: place.root,
  branch: Type.Optional(
    Type.String({ description: 'Absent while HEAD is detached, or where it is unknown.' }),
  ),
}
const oid = Type.Optional({
  ...Oid,
  description: 'The commit that HEAD was at; absent where the hook could not read it, as of reftables.',
})

/** The hooks that git itself knows. */
export const gitHooks = {
  'pre-commit': {
    kind: 'bail',
    gate: true,
    summary: 'May this be committed?',
    input: Type.Object({ ...place, files }),
  },
  'commit-msg': {
    kind: 'bail',
    gate: true,
    summary: 'May this be committed with this message?',
    input: Type.Object({ ...place, message: Type.String(), files }),
  },
  'pre-push': {
    kind: 'bail',
    gate: true,
    summary: 'May this be pushed?',
    input: Type.Object({
      ...place,
      remote: Type.String(),
      updates: Type.Array(
        Type.Object({
          local: Type.String(),
          localOid: Type.String(),
          remote: Type.String(),
          remoteOid: Type.String(),
        }),
      ),
    }),
  },
  'post-commit': {
    kind: 'series',
    gate: false,
    summary: 'Something was committed.',
    input: Type.Object({ ...after, oid }),
  },
  'post-merge': {
    kind: 'series',
    gate: false,
    summary: 'Something was merged.',
    input: Type.Object({
      ...after,
      oid,
      squash: Type.Optional(Type.Boolean({ description: 'Whether the merge was left to be committed.' })),
    }),
  },
  'post-checkout': {
    kind: 'series',
    gate: false,
    summary: 'HEAD was moved by a checkout, a switch, a clone or a new worktree.',
    input: Type.Object({
      ...after,
      from: Type.Optional(Type.String({ description: 'Where HEAD was; all zeros when it was nowhere.' })),
      to: Type.Optional(Type.String({ description: 'Where HEAD is.' })),
      isBranch: Type.Optional(
        Type.Boolean({ description: 'Always true: files that are checked out alone are not told.' }),
      ),
    }),
  },
  'post-rewrite': {
    kind: 'series',
    gate: false,
    summary: 'Commits were rewritten.',
    input: Type.Object({
      ...after,
      cause: Type.Optional(Type.String({ description: '`amend` or `rebase`.' })),
      rewrites: Type.Optional(
        Type.Array(Type.Object({ from: Type.String(), to: Type.String() }), {
          description: 'What became of what. Of a long rebase it may come in several parts.',
        }),
      ),
    }),
  },
} as const
