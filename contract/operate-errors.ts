import type { ErrorKind } from './error-kind.ts'

/** The expected failures of looking after the daemon. */
export const operateErrors = {
  'daemon.unready': {
    status: 503,
    exit: 75,
    hint: 'Wait until it is read, or see `aios status` for what is wrong and how to mend it.',
  },
  'file.exists': { status: 409, exit: 1, hint: 'Name another file; what is there is not overwritten.' },
  'file.unwritable': { status: 500, exit: 1, hint: 'Name a file in a folder that you may write to.' },
  'backup.unreadable': {
    status: 422,
    exit: 1,
    hint: 'Take another archive: this one is damaged, or was not written by `aios backup`.',
  },
  'backup.newer': { status: 409, exit: 6, hint: 'Update aios; this archive was written by a newer version.' },
  'vault.locked': {
    status: 503,
    exit: 75,
    hint: 'Unlock the keyring of your desktop, then try again.',
  },
  'vault.damaged': {
    status: 500,
    exit: 1,
    hint: 'Restore the vault and its key from where you keep them, or delete `vault.json` to begin a new one.',
  },
  'service.unsupported': {
    status: 501,
    exit: 1,
    hint: 'Start the daemon with `aios daemon start`, or put `aios daemon run` into what starts programs here.',
  },
  'service.foreign': {
    status: 409,
    exit: 4,
    hint: 'Move the file that the message names away, then run the command again.',
  },
} as const satisfies Record<string, ErrorKind>
