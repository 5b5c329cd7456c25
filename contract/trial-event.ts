import Type, { type Static } from 'typebox'

/** An event that a plugin is tried out with: a file in its `events/`. */
export const TrialEventFile = Type.Object(
  {
    hook: Type.String({ maxLength: 100 }),
    data: Type.Record(Type.String(), Type.Unknown(), {
      description: 'What the hook is given; repository and root may be left out.',
    }),
    time: Type.Optional(Type.String({ maxLength: 40, description: 'ISO 8601; what the clock shows.' })),
    blobs: Type.Optional(
      Type.Record(Type.String(), Type.String(), { description: 'Contents for `git.readBlob` by object id.' }),
    ),
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
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
)
export type TrialEventFile = Static<typeof TrialEventFile>
