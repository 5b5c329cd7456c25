import type { References, TieKind } from '../../contract/episode.ts'

/** A commit that a message names, by the beginning of its oid or, with an empty oid, by its subject. */
export type CommitReference = References['commits'][number]

/** Returns the commits and issues that a message names, each once, the most telling kind first. */
export function referencesOf(subject: string, body: string): References {
  return { commits: commitsNamed(subject, body), issues: issuesIn(`${subject}\n${body}`) }
}

/** Returns the commits that a message names. Most messages name none, which is found out first. */
export function commitsNamed(subject: string, body: string): CommitReference[] {
  if (!/[0-9a-f]{7}/i.test(body) && !/^revert|[0-9a-f]{7}/i.test(subject)) return []
  const commits = new Map<string, CommitReference>()
  for (const found of [...revertsIn(subject, body), ...patternsIn(body), ...patternsIn(subject)]) {
    const key = found.oid === '' ? `"${found.subject ?? ''}` : found.oid
    if (!commits.has(key)) commits.set(key, found)
  }
  return [...commits.values()].slice(0, mostReferences)
}

/** Writes references down for the store: as short as they are, and empty when there are none. */
export function formatLinks(commits: readonly CommitReference[]): string {
  if (commits.length === 0) return ''
  return JSON.stringify(commits.map(({ kind, oid, subject }) => [kind, oid, subject ?? '']))
}

/** Reads what `formatLinks` wrote. What it cannot read is left out: links only ever add to an answer. */
export function parseLinks(links: string): CommitReference[] {
  if (links === '') return []
  const parsed: unknown = JSON.parse(links)
  if (!Array.isArray(parsed)) return []
  return parsed.flatMap((entry: unknown) => {
    if (!Array.isArray(entry)) return []
    const [kind, oid, subject]: unknown[] = entry
    if (!isTieKind(kind) || typeof oid !== 'string' || typeof subject !== 'string') return []
    return [{ kind, oid, ...(subject === '' ? {} : { subject }) }]
  })
}

/** A message that names more is a list, not an explanation. */
const mostReferences = 32

const tieKinds: readonly string[] = [
  'reverts',
  'fixes',
  'follows',
  'cherry-picks',
  'references',
  'rewrites',
] satisfies TieKind[]

function isTieKind(value: unknown): value is TieKind {
  return typeof value === 'string' && tieKinds.includes(value)
}

/** A reverted commit, by its id when the body names it, else by the quoted subject. */
function revertsIn(subject: string, body: string): CommitReference[] {
  const byOid = [...body.matchAll(/\breverts?\s+(?:the\s+)?(?:commit\s+)?([0-9a-f]{7,64})\b/gi)].map(
    (match) => match[1] ?? '',
  )
  const quoted = /^revert:?\s+"(.{1,200})"(?: \([#!]\d{1,9}\))?$/i.exec(subject)?.[1]
  const [first, ...others] = byOid
  if (first === undefined) return quoted === undefined ? [] : [{ kind: 'reverts', oid: '', subject: quoted }]
  return [
    { kind: 'reverts', oid: first.toLowerCase(), ...(quoted === undefined ? {} : { subject: quoted }) },
    ...others.map((oid) => ({ kind: 'reverts' as const, oid: oid.toLowerCase() })),
  ]
}

const hex = '([0-9a-f]{7,64})\\b'
const quotedSubject =
  '(?:\\s*\\(\\s*["“]([^"”\\n]{1,200})["”]|\\s*\\(([^,()\\n]{4,200}),\\s*\\d{4}-\\d\\d-\\d\\d\\))?'

const patterns: readonly (readonly [TieKind, RegExp])[] = [
  ['cherry-picks', new RegExp(`\\(cherry[ -]picked from (?:commit )?${hex}`, 'gi')],
  [
    'fixes',
    new RegExp(
      `\\b(?:fix(?:es|ed|up)?|closes|resolves)\\b:?\\s+(?:an?\\s+|the\\s+)?(?:\\w+\\s+){0,3}?(?:commit\\s+)?${hex}${quotedSubject}`,
      'gi',
    ),
  ],
  [
    'fixes',
    new RegExp(
      `\\b(?:regress(?:ed|ion)|broken|introduced)\\s+(?:\\w+\\s+){0,2}?(?:by|in|since|with)\\s+(?:commit\\s+)?${hex}${quotedSubject}`,
      'gi',
    ),
  ],
  [
    'follows',
    new RegExp(
      `\\bfollow(?:s|ing)?[ -]?up\\s+(?:to|of|on|for)\\s+(?:commit\\s+)?${hex}${quotedSubject}`,
      'gi',
    ),
  ],
  ['follows', new RegExp(`\\bsupersedes\\s+(?:commit\\s+)?${hex}${quotedSubject}`, 'gi')],
  ['references', new RegExp(`\\b${hex}${quotedSubject}`, 'g')],
]

function patternsIn(text: string): CommitReference[] {
  return patterns.flatMap(([kind, pattern]) =>
    [...text.matchAll(pattern)].flatMap(([, oid = '', quoted, dated]) => {
      const subject = quoted ?? dated
      if (!looksLikeOid(oid.toLowerCase())) return []
      return [{ kind, oid: oid.toLowerCase(), ...(subject === undefined ? {} : { subject }) }]
    }),
  )
}

/** Words such as `deadbeef` or `effaced`, and plain numbers, are rarely commits. */
function looksLikeOid(text: string): boolean {
  return /\d/.test(text) && /[a-f]/.test(text) && (text.length <= 40 || text.length === 64)
}

function issuesIn(text: string): string[] {
  const found = text.matchAll(/(?<![\w/&#])((?:[\w.-]{1,64}\/[\w.-]{1,64})?#\d{1,9}|GH-\d{1,9})\b/g)
  return [...new Set([...found].map((match) => match[1] ?? ''))].slice(0, mostReferences)
}
