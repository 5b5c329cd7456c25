import type { ErrorKind } from './error-kind.ts'

/** What may go wrong with coding agents: their tools, their notes, and the files that tell them of aios. */
export const agentErrors = {
  'note.unknown': { status: 404, exit: 3, hint: 'See `aios note list` for the notes that are there.' },
  'agent.unknown': { status: 404, exit: 2, hint: 'Run `aios connect` to see the agents that aios knows.' },
  'agent.unreadable': {
    status: 500,
    exit: 1,
    hint: 'Mend the file, or add the entry by hand as docs/agents.md shows; nothing was changed.',
  },
  'agent.taken': {
    status: 409,
    exit: 1,
    hint: 'Rename or remove that entry, or add --replace to put aios in its place.',
  },
  'agent.unwritable': {
    status: 500,
    exit: 1,
    hint: 'Give yourself write permission on the file and its folder; nothing was changed.',
  },
} as const satisfies Record<string, ErrorKind>
