import Type from 'typebox'
import { Oid } from './episode.ts'

const repository = Type.String({ description: 'The repository id.' })
const command = Type.String({ description: 'The name of the route.' })
const input = Type.Unknown({ description: 'What the route was called with.' })
const proposal = Type.Object({ id: Type.String(), title: Type.String(), branch: Type.String() })

/** Nobody makes proposals so far. The hooks are written down, so that what is built on them is built to this form. */
const notYet = 'There are no proposals yet.'

/** The hooks around proposals and everything else that the daemon can be asked; `<…>` stands for a name. */
export const commandHooks = {
  'before:propose': {
    kind: 'bail',
    gate: true,
    notYet,
    summary: 'May this be proposed?',
    input: Type.Object({ repository, proposal }),
  },
  'after:simulate': {
    kind: 'parallel',
    gate: false,
    notYet,
    summary: 'A proposal was simulated; what else is known of it?',
    input: Type.Object({ repository, proposal, measures: Type.Record(Type.String(), Type.Number()) }),
  },
  'before:apply': {
    kind: 'bail',
    gate: true,
    notYet,
    summary: 'May this proposal be applied?',
    input: Type.Object({ repository, proposal }),
  },
  'after:apply': {
    kind: 'series',
    gate: false,
    notYet,
    summary: 'A proposal was applied.',
    input: Type.Object({ repository, proposal, oid: Oid }),
  },
  'before:<command>': {
    kind: 'bail',
    gate: true,
    summary: 'May this be asked of the daemon, whichever door it came through?',
    input: Type.Object({ command, repository: Type.Optional(repository), input }),
  },
  'after:<command>': {
    kind: 'series',
    gate: false,
    summary: 'This was asked of the daemon and answered.',
    input: Type.Object({
      command,
      repository: Type.Optional(repository),
      input,
      ms: Type.Number({ minimum: 0 }),
    }),
  },
} as const
