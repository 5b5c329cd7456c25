import type { Filters } from '../contract/answers.ts'
import { EpisodeKind } from '../contract/episode.ts'
import type { Options, ValuesOf } from './command.ts'

const kinds = EpisodeKind.anyOf.map(({ const: kind }) => kind)

/** The options that narrow an answer. */
export const filterOptions = {
  path: { kind: 'text', flags: '--path <glob>', summary: 'only commits that touch such a path' },
  author: {
    kind: 'text',
    flags: '--author <name>',
    summary: 'only commits of this author: a part of name or address',
  },
  since: {
    kind: 'text',
    flags: '--since <date>',
    summary: 'only newer commits: a date, or an age such as "2 weeks"',
  },
  until: { kind: 'text', flags: '--until <date>', summary: 'only older commits' },
  kind: { kind: 'text', flags: '--kind <kind>', summary: 'only commits made for this', choices: kinds },
  asOf: { kind: 'text', flags: '--as-of <rev>', summary: 'as it was at this revision' },
} as const satisfies Options

const filterNames: Record<keyof Filters, string> = {
  path: '--path',
  author: '--author',
  since: '--since',
  until: '--until',
  kind: '--kind',
  asOf: '--as-of',
}

/** Returns the filters as they are typed in a shell, each after a space. */
export function filterWords(filters: Filters): string {
  const given = Object.entries(filterNames).flatMap(([name, flag]) => {
    const value = Object.entries(filters).find(([key]) => key === name)?.[1]
    return value === undefined ? [] : ` ${flag} ${quoted(value)}`
  })
  return given.join('')
}

function quoted(word: string): string {
  return /^[\w./:@+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** Returns what was asked for; absent where nothing was. */
export function filtersOf(values: ValuesOf<typeof filterOptions>): Filters {
  const { path, author, since, until, asOf } = values
  const kind = kinds.find((known) => known === values.kind)
  return {
    ...(path === undefined ? {} : { path }),
    ...(author === undefined ? {} : { author }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(asOf === undefined ? {} : { asOf }),
    ...(kind === undefined ? {} : { kind }),
  }
}
