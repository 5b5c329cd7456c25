import Type from 'typebox'

const listenerIds = (decision: string) =>
  Type.Array(Type.String({ maxLength: 256 }), {
    default: [],
    maxItems: 1000,
    description: `Ids of listeners for which it means \`${decision}\`, whatever hooks.onFailure says.`,
  })

/** What the user says about listeners. Only the user: a repository must not loosen its own gates. */
export const hookSettings = Type.Object(
  {
    onFailure: Type.Union([Type.Literal('allow'), Type.Literal('deny')], {
      default: 'allow',
      description: 'What it means that a listener of a gate fails, is too slow or answers wrongly.',
    }),
    required: listenerIds('deny'),
    optional: listenerIds('allow'),
    timeoutMs: Type.Integer({
      minimum: 10,
      maximum: 600_000,
      default: 2000,
      description: 'How long a listener may take that names no deadline of its own.',
    }),
    longestTimeoutMs: Type.Integer({
      minimum: 10,
      maximum: 600_000,
      default: 10_000,
      description: 'How long any listener may take, whatever deadline it names.',
    }),
  },
  { additionalProperties: false, 'x-scope': 'user' },
)
