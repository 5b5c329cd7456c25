import Type, { type Static, type TSchema } from 'typebox'
import { propertiesOf } from './fields.ts'
import { hookSettings } from './hook-settings.ts'
import { httpSettings } from './http-settings.ts'
import { globPattern } from './limits.ts'
import { scheduleSettings } from './schedule-settings.ts'

/** Settings that only the user's own file may hold carry this mark in their schema. */
const userOnly = { 'x-scope': 'user' } as const

const share = (value: number, description: string) =>
  Type.Number({ minimum: 0, maximum: 10, default: value, description })

const strict = { additionalProperties: false } as const

/** How much each signal counts for one kind of question. */
const weights = (
  subject: number,
  message: number,
  paths: number,
  terms: number,
  vector: number,
  [files, blame]: readonly [files: number, blame: number] = [0, 0],
) =>
  Type.Object(
    {
      subject: share(subject, 'Words of the subject.'),
      message: share(message, 'Full text of the message.'),
      paths: share(paths, 'Full text of the paths.'),
      terms: share(terms, 'Words and identifiers of the hunks.'),
      vector: share(vector, 'Nearness of meaning.'),
      files: share(files, 'Having touched the files of a diff that is asked about.'),
      blame: share(blame, 'Having written the lines of a diff that is asked about.'),
      recency: share(0.1, 'Being new.'),
      trust: share(0.1, 'Not having been reverted, and still being on a branch.'),
    },
    strict,
  )

/**
 * Every setting, its default and its meaning. Types, validation, the JSON Schema for editors and the
 * reference page come from here.
 */
export const Config = Type.Object(
  {
    ingest: Type.Object(
      {
        excludeRefs: Type.Array(Type.String({ maxLength: 256, pattern: globPattern }), {
          default: ['refs/stash', 'refs/aios/**'],
          maxItems: 100,
          description: 'Globs of refs whose commits are not remembered for their sake.',
        }),
        excludePaths: Type.Array(Type.String({ maxLength: 256, pattern: globPattern }), {
          default: [
            '**/*.min.js',
            '**/*.min.css',
            '**/*.map',
            '**/package-lock.json',
            '**/yarn.lock',
            '**/pnpm-lock.yaml',
          ],
          maxItems: 1000,
          description: 'Globs of paths whose hunks are not indexed; the paths themselves are remembered.',
        }),
      },
      strict,
    ),
    recall: Type.Object(
      {
        limit: Type.Integer({
          minimum: 1,
          maximum: 200,
          default: 10,
          description: 'Answers given when none is asked for.',
        }),
        abstainBelow: Type.Number({
          minimum: 0,
          maximum: 1,
          default: 0.34,
          description: 'The least share of the question’s weight that an answer must cover.',
        }),
        weights: Type.Object(
          {
            prose: weights(0.6, 0.35, 0.12, 0.35, 0.1),
            code: weights(0.5, 0.5, 0.35, 1, 0.25),
            path: weights(0.2, 0.3, 1, 0.3, 0.1),
            diff: weights(0, 1.2, 0.4, 1, 0.4, [0.5, 0.8]),
          },
          strict,
        ),
      },
      strict,
    ),
    related: Type.Object(
      {
        minimumSupport: Type.Integer({
          minimum: 1,
          maximum: 1000,
          default: 3,
          description: 'Commits that must have changed both files.',
        }),
        minimumConfidence: Type.Number({
          minimum: 0,
          maximum: 1,
          default: 0.2,
          description: 'Share of the changes that must have had both.',
        }),
        minimumPrecision: Type.Number({
          minimum: 0,
          maximum: 1,
          default: 0.6,
          description:
            'An alarm about a staged change must have been right this often in the repository’s own past.',
        }),
      },
      strict,
    ),
    context: Type.Object(
      {
        budget: Type.Integer({
          minimum: 100,
          maximum: 100_000,
          default: 2000,
          description: 'Tokens of a pack.',
        }),
      },
      strict,
    ),
    hooks: hookSettings,
    schedules: scheduleSettings,
    embedder: Type.Object(
      {
        kind: Type.Union([Type.Literal('learned')], {
          default: 'learned',
          description: 'Where vectors come from.',
        }),
        dimensions: Type.Integer({
          minimum: 16,
          maximum: 1024,
          default: 128,
          description: 'Length of a vector.',
        }),
        seed: Type.Integer({
          minimum: 0,
          maximum: 2 ** 31 - 1,
          default: 1,
          description: 'What the untrained table is grown from, and where training begins.',
        }),
        train: Type.Union([Type.Literal('auto'), Type.Literal('off')], {
          default: 'auto',
          description: 'Whether to learn from each repository’s own history once it is long enough.',
        }),
        trainFrom: Type.Integer({
          minimum: 1,
          maximum: 1_000_000,
          default: 1000,
          description: 'Commits with different subjects that a history must have to be learned from.',
        }),
      },
      { ...strict, ...userOnly },
    ),
    store: Type.Object(
      {
        graceMinutes: Type.Integer({
          minimum: 1,
          maximum: 10_080,
          default: 10,
          description: 'How long replaced files are kept for readers that still use them.',
        }),
        compactAfterWrites: Type.Integer({
          minimum: 1,
          maximum: 10_000,
          default: 64,
          description: 'Small writes after which files are merged.',
        }),
      },
      { ...strict, ...userOnly },
    ),
    daemon: Type.Object(
      {
        reconcileSeconds: Type.Integer({
          minimum: 5,
          maximum: 86_400,
          default: 60,
          description: 'How often refs are looked at even if nothing was noticed.',
        }),
        idleExitMinutes: Type.Integer({
          minimum: 0,
          maximum: 525_600,
          default: 0,
          description: 'Stop after this long without a question; 0 means never.',
        }),
        workerThreads: Type.Integer({
          minimum: 0,
          maximum: 64,
          default: 0,
          description: 'Threads for tokenising and embedding; 0 means as many as the machine has to spare.',
        }),
        telemetry: Type.Object(
          {
            endpoint: Type.String({
              default: '',
              maxLength: 2048,
              pattern: '^(https?://[^\\s]+)?$',
              description:
                'An OpenTelemetry collector (OTLP over HTTP) that traces are sent to; empty for none. Holds from the next start of the daemon.',
            }),
          },
          strict,
        ),
        logLevel: Type.Union(
          [
            Type.Literal('debug'),
            Type.Literal('info'),
            Type.Literal('warn'),
            Type.Literal('error'),
            Type.Literal('silent'),
          ],
          { default: 'info', description: 'The least that is logged.' },
        ),
        http: httpSettings,
      },
      { ...strict, ...userOnly },
    ),
  },
  { ...strict, $id: 'aiosrc', title: '.aiosrc.yaml', description: 'Settings of aios.' },
)
export type Config = Static<typeof Config>

/** One setting, flattened: its dotted key, its schema, and who may set it. */
export interface Setting {
  readonly key: string
  readonly schema: TSchema
  readonly scope: 'user' | 'repository'
}

/** Returns every setting in the order of the schema. */
export function settings(
  schema: TSchema = Config,
  prefix = '',
  scope: Setting['scope'] = 'repository',
): Setting[] {
  const here = 'x-scope' in schema ? 'user' : scope
  const parts = Object.entries(propertiesOf(schema))
  if (parts.length === 0) return [{ key: prefix, schema, scope: here }]
  return parts.flatMap(([name, part]) => settings(part, prefix === '' ? name : `${prefix}.${name}`, here))
}
