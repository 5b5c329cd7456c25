import { agentErrors } from './agent-errors.ts'
import { authErrors } from './auth-errors.ts'
import type { ErrorKind } from './error-kind.ts'
import { operateErrors } from './operate-errors.ts'
import { pluginErrors } from './plugin-errors.ts'
import { scheduleErrors } from './schedule-errors.ts'
import { taskErrors } from './task-errors.ts'
import { webSocketErrors } from './web-socket-errors.ts'

/** Every expected failure: its HTTP status, its exit code, and what to do about it. */
export const errorKinds = {
  'command.usage': { status: 400, exit: 2, hint: 'Run `aios help` to see the commands and their options.' },
  'command.interrupted': { status: 499, exit: 130, hint: 'Run the command again; nothing was lost.' },
  'config.invalid': {
    status: 400,
    exit: 2,
    hint: 'Correct what the message names, then run `aios config check`.',
  },
  'config.forbidden': {
    status: 403,
    exit: 4,
    hint: 'Move this setting to your own ~/.config/aios/config.yaml; a repository may only request it.',
  },
  'config.unreadable': { status: 500, exit: 1, hint: 'Check that the file exists and that you may read it.' },
  'daemon.unreachable': {
    status: 503,
    exit: 5,
    hint: 'Start it with `aios daemon start`; see `aios daemon logs`.',
  },
  'daemon.busy': { status: 503, exit: 75, hint: 'Try again in a moment.' },
  'daemon.overloaded': {
    status: 503,
    exit: 75,
    hint: 'Ask fewer questions at once, and this one again after as many seconds as the `Retry-After` header says.',
  },
  'question.unanswered': {
    status: 504,
    exit: 75,
    hint: 'Ask about less, such as one line of a file. If it stays so, see whether `git status` answers in the repository.',
  },
  'daemon.running': {
    status: 409,
    exit: 1,
    hint: 'Stop the other daemon with `aios daemon stop`, or use it as it is.',
  },
  'daemon.version': {
    status: 426,
    exit: 6,
    hint: 'Run `aios daemon restart` so that both speak the same version.',
  },
  'daemon.stopping': { status: 503, exit: 75, hint: 'The daemon is shutting down; try again in a moment.' },
  'request.invalid': {
    status: 400,
    exit: 2,
    hint: 'Correct what the message names; `aios help COMMAND` says what each option takes.',
  },
  'request.too-large': { status: 413, exit: 2, hint: 'Shorten the question; 16 KiB of text is the limit.' },
  'request.unknown-route': { status: 404, exit: 2, hint: 'See docs/reference/routes.md for what exists.' },
  'request.wrong-method': { status: 405, exit: 2, hint: 'Use one of the methods of the `Allow` header.' },
  'request.wrong-type': { status: 415, exit: 2, hint: 'Send JSON, with `Content-Type: application/json`.' },
  'request.too-slow': { status: 408, exit: 75, hint: 'Send the whole request within thirty seconds.' },
  'request.too-many': {
    status: 429,
    exit: 75,
    hint: 'Wait as many seconds as the `Retry-After` header says, then try again.',
  },
  'repository.not-found': {
    status: 404,
    exit: 3,
    hint: 'Run the command inside a git repository, or name one with -C DIR.',
  },
  'repository.unknown': {
    status: 404,
    exit: 3,
    hint: 'Register it with `aios init PATH`; see `aios repo list`.',
  },
  'repository.missing': {
    status: 410,
    exit: 3,
    hint: 'Check the path; if it moved, run `aios init` at its new place; if it is gone, `aios repo forget ID`.',
  },
  'repository.not-owned': {
    status: 403,
    exit: 4,
    hint: 'If you trust it, run `git config --global --add safe.directory PATH`.',
  },
  'repository.unreadable': {
    status: 500,
    exit: 1,
    hint: 'Run `git fsck` in the repository, then `aios doctor`.',
  },
  'repository.needs-git': {
    status: 501,
    exit: 1,
    hint: 'Install git 2.31 or newer and put it on PATH; this repository cannot be read without it.',
  },
  'git.failed': { status: 500, exit: 1, hint: 'Run the git command of the message by hand to see more.' },
  'revision.unknown': { status: 404, exit: 3, hint: 'Check the name with `git rev-parse --verify`.' },
  'revision.ambiguous': { status: 400, exit: 2, hint: 'Give more characters of the commit id.' },
  'episode.unknown': {
    status: 404,
    exit: 3,
    hint: 'The commit may still be waiting to be read; see `pending` in `aios status`.',
  },
  'path.outside': { status: 400, exit: 2, hint: 'Name a path inside the repository.' },
  'path.unknown': {
    status: 404,
    exit: 3,
    hint: 'Check the spelling; the path must be in HEAD or in the history.',
  },
  'hooks.disabled': {
    status: 409,
    exit: 1,
    hint: 'Run `git config --unset core.hooksPath`, then `aios hooks install` again.',
  },
  'hooks.shared': {
    status: 409,
    exit: 4,
    hint: 'Use git 2.54 or newer, or give this repository a hooks folder of its own: `git config core.hooksPath .git/hooks`.',
  },
  'hooks.tracked': {
    status: 409,
    exit: 4,
    hint: 'Use git 2.54 or newer, or call `aios hooks run pre-commit` from the hook that is committed.',
  },
  'hooks.unwritable': {
    status: 500,
    exit: 1,
    hint: 'Give yourself write permission on the folder, then run the command again; what was there is untouched.',
  },
  'hook.denied': {
    status: 403,
    exit: 4,
    hint: 'Do what the message asks for, or change the settings of the plugin that it names.',
  },
  'hook.unanswered': {
    status: 503,
    exit: 75,
    hint: 'Try again; if it stays so, see `hooks.required` and `hooks.onFailure` in `aios config show`.',
  },
  'store.unavailable': {
    status: 503,
    exit: 1,
    hint: 'Run `aios doctor --fix`; what is damaged is rebuilt from git.',
  },
  'store.full': { status: 507, exit: 1, hint: 'Free disk space, or move the state folder with AIOS_HOME.' },
  'store.newer': {
    status: 409,
    exit: 6,
    hint: 'Update aios; this state folder was written by a newer version.',
  },
  'state.unwritable': {
    status: 500,
    exit: 1,
    hint: 'Make the state folder writable, or choose another with AIOS_HOME.',
  },
  'embedder.broken': {
    status: 502,
    exit: 1,
    hint: 'Choose another embedder in .aiosrc.yaml, or run `aios doctor`.',
  },
  'workers.unavailable': {
    status: 503,
    exit: 75,
    hint: 'The workers are being restarted; see `aios daemon logs`.',
  },
  'evaluation.lost': {
    status: 500,
    exit: 1,
    hint: 'Run it again, with a smaller --sample if memory is short; `aios daemon logs` may say more.',
  },
  ...pluginErrors,
  ...authErrors,
  ...taskErrors,
  ...scheduleErrors,
  ...webSocketErrors,
  ...agentErrors,
  ...operateErrors,
  internal: { status: 500, exit: 1, hint: 'This is a bug in aios; `aios daemon logs` has the details.' },
} as const satisfies Record<string, ErrorKind>

/** The name of an expected failure. */
export type ErrorCode = keyof typeof errorKinds

/** A failure that somebody foresaw: it has a code, and its code has a hint. */
export class AiosError extends Error {
  override readonly name = 'AiosError'
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }

  get kind(): ErrorKind {
    return errorKinds[this.code]
  }
}

/** Says whether the text names an expected failure. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorKinds, text)
}
