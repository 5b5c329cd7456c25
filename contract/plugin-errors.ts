import type { ErrorKind } from './error-kind.ts'

/** What goes wrong with plugins. */
export const pluginErrors = {
  'plugin.invalid': {
    status: 422,
    exit: 2,
    hint: 'Correct what the message names; `aios plugin test FOLDER` checks a plugin, and docs/plugins.md shows a whole one.',
  },
  'plugin.unknown': { status: 404, exit: 3, hint: 'See `aios plugin list` for the plugins that are there.' },
  'plugin.duplicate': {
    status: 409,
    exit: 1,
    hint: 'Give one of the two another id, or take one away with `aios plugin remove`.',
  },
  'plugin.dependency': {
    status: 409,
    exit: 1,
    hint: 'Add what is missing with `aios plugin add`; see `aios plugin list` for what is there.',
  },
  'plugin.unapproved': {
    status: 403,
    exit: 4,
    hint: 'Look at what it asks for with `aios plugin approve`, which approves nothing until you name its hash.',
  },
  'plugin.changed': {
    status: 409,
    exit: 4,
    hint: 'Look again with `aios plugin approve`; what you looked at is not what is there now.',
  },
  'plugin.scope-needed': {
    status: 400,
    exit: 2,
    hint: 'Run `aios plugin approve` with --path or --host to say how far the permission goes.',
  },
  'plugin.unproven': {
    status: 409,
    exit: 1,
    hint: 'Run `aios plugin test` with --history 500 first, or add --anyway.',
  },
  'plugin.refused': {
    status: 403,
    exit: 4,
    hint: 'Add the permission to the plugin’s manifest and approve it again with `aios plugin approve`.',
  },
  'plugin.limit': {
    status: 429,
    exit: 75,
    hint: 'Ask for less, or less often; the limits stand in docs/plugins.md.',
  },
  'plugin.failed': { status: 500, exit: 1, hint: 'See what it said with `aios plugin logs`.' },
  'plugin.paused': {
    status: 503,
    exit: 75,
    hint: 'It failed too often; see why with `aios plugin logs`. It is tried again by itself.',
  },
  'plugin.call-unknown': {
    status: 404,
    exit: 3,
    hint: 'Take the id of a call from `aios plugin logs`; old calls are forgotten.',
  },
  'plugin.sandbox-unavailable': {
    status: 503,
    exit: 1,
    hint: 'Install aios again with Node 24 or 26 on Linux, macOS or Windows; until then it works without plugins.',
  },
  'plugin.unloadable': {
    status: 422,
    exit: 1,
    hint: 'Correct the plugin as the message says, then load it again.',
  },
} as const satisfies Record<string, ErrorKind>
