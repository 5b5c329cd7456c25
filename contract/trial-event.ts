import Type, { type Static } from 'typebox'
import { UndoneFix } from './undone.ts'

const answer = Type.Optional(Type.Unknown())

/** What memory answers while a plugin is tried out. */
const TrialMemory = Type.Object(
  {
    recall: answer,
    why: answer,
    related: answer,
    context: answer,
    show: answer,
    timeline: answer,
    undone: Type.Optional(Type.Array(UndoneFix)),
  },
  {
    additionalProperties: false,
    description: 'Answers to `memory.query` by the name of the query, and to `memory.undone`.',
  },
)
export type TrialMemory = Static<typeof TrialMemory>

/** An event that a plugin is tried out with: a file in its `events/`. */
export const TrialEventFile = Type.Object(
  {
    hook: Type.String({ maxLength: 100 }),
    data: Type.Record(Type.String(), Type.Unknown(), {
      description: 'What the hook is given; repository and root may be left out.',
    }),
    time: Type.Optional(Type.String({ maxLength: 40, description: 'ISO 8601; what the clock shows.' })),
    blobs: Type.Optional(
      Type.Record(Type.String(), Type.String(), { description: 'Contents of blobs by object id.' }),
    ),
    memory: Type.Optional(TrialMemory),
    files: Type.Optional(
      Type.Record(Type.String(), Type.String(), { description: 'Contents for `files.read` by path.' }),
    ),
    expect: Type.Optional(
      Type.Object(
        {
          decision: Type.Optional(Type.Union([Type.Literal('allow'), Type.Literal('deny')])),
          findings: Type.Optional(
            Type.Array(Type.String(), { description: 'A part of the message of each finding, in order.' }),
          ),
          notes: Type.Optional(
            Type.Array(Type.String(), { description: 'A part of each note that is written, in order.' }),
          ),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
)
export type TrialEventFile = Static<typeof TrialEventFile>
