/** What a commit can be recognised by after it was rewritten. */
export interface Fingerprint {
  readonly oid: string
  readonly tree: string
  readonly parents: readonly string[]
  readonly authorEmail: string
  readonly authorTime: number
  readonly subject: string
  readonly paths: readonly string[]
  readonly patchId: string | undefined
}

/** A commit found again under another oid, and what proved it. */
export interface Rewrite {
  readonly from: string
  readonly to: string
  readonly evidence: string
}

/** What is known of how commits stand to each other. */
export interface Standing {
  /** Returns what a commit has become so far. */
  latest(oid: string): string
  /** Says whether the first commit has the second in its past. */
  descends(oid: string, from: string): boolean
  /** Says whether no ref led to the commit before. */
  isNew(oid: string): boolean
}

/**
 * Finds commits that left every ref among those that are reachable.
 *
 * A rule names a commit by what a rewrite keeps. It proves something only where exactly one lost and one
 * living commit have that name: a wrong attachment is worse than none. Rules go from the surest down, and
 * again from the top as long as that finds more: a commit that was found tells its child's new parent.
 */
export function matchRewrites(
  gone: readonly Fingerprint[],
  living: readonly Fingerprint[],
  standing: Standing,
): Rewrite[] {
  const found = new Map<string, Rewrite>()
  const taken = new Set<string>()
  const follow: Follow = (oid) => {
    const latest = standing.latest(oid)
    return found.get(latest)?.to ?? latest
  }
  for (let round = 0, before = -1; round < mostRounds && found.size > before; round += 1) {
    before = found.size
    for (const rule of rules) apply(rule)
  }
  return [...found.values()]

  function apply({ evidence, key, fits = always }: Rule): void {
    const keyOf = (commit: Fingerprint): string | undefined => key(commit, follow)
    const lost = groupByKey(gone, keyOf, ({ oid }) => !found.has(oid))
    const alive = groupByKey(living, keyOf, ({ oid }) => !taken.has(oid))
    for (const [name, [from, ...more]] of lost) {
      if (from === undefined || more.length > 0) continue
      const to = onlyOne(
        (alive.get(name) ?? []).filter(
          (to) => fits(from, to, standing) && !standing.descends(from.oid, to.oid),
        ),
        standing,
      )
      if (to === undefined) continue
      found.set(from.oid, { from: from.oid, to: to.oid, evidence })
      taken.add(to.oid)
    }
  }
}

/**
 * Says whether a commit was taken for one that stood there all along and is like it in all but time. A squash of the
 * whole branch says better what became of it.
 */
export function isOldCopy({ to, evidence }: Rewrite, { isNew }: Pick<Standing, 'isNew'>): boolean {
  return timeless.has(evidence) && !isNew(to)
}

const timeless: ReadonlySet<string> = new Set(['same patch, author and subject', 'same patch and author'])

/** Rounds after which nothing more is expected. */
const mostRounds = 8

type Follow = (oid: string) => string

interface Rule {
  readonly evidence: string
  readonly key: (commit: Fingerprint, follow: Follow) => string | undefined
  /** What else must be true of a lost and a living commit of one name. */
  readonly fits?: (from: Fingerprint, to: Fingerprint, standing: Standing) => boolean
}

const rules: readonly Rule[] = [
  {
    evidence: 'same patch, author and time',
    key: (commit) => commit.patchId && `${commit.patchId}\0${who(commit)}\0${commit.subject}`,
  },
  {
    evidence: 'same patch, author and time',
    key: (commit) => commit.patchId && `${commit.patchId}\0${who(commit)}`,
  },
  { evidence: 'same tree, author and time', key: (commit) => `${commit.tree}\0${who(commit)}` },
  {
    evidence: 'same subject, author and time',
    key: (commit) => `${who(commit)}\0${commit.subject}`,
    fits: touchTheSame,
  },
  {
    evidence: 'same parent, author and time',
    key: (commit, follow) => commit.parents[0] && `${who(commit)}\0${follow(commit.parents[0])}`,
    fits: (from, to, standing) => standing.isNew(to.oid) && touchTheSame(from, to),
  },
  {
    evidence: 'same patch, author and subject',
    key: (commit) => commit.patchId && `${commit.patchId}\0${commit.authorEmail}\0${title(commit)}`,
  },
  {
    evidence: 'same patch and author',
    key: (commit) => commit.patchId && `${commit.patchId}\0${commit.authorEmail}`,
  },
]

function always(): boolean {
  return true
}

function who({ authorEmail, authorTime }: Fingerprint): string {
  return `${authorEmail}\0${authorTime}`
}

/** The subject without the number that a server adds when it merges. */
function title({ subject }: Fingerprint): string {
  return subject.replace(/ \((#|!)\d{1,9}\)$/, '')
}

/** Scripts make several commits in a second; those that touch nothing in common are different work. */
function touchTheSame(one: Fingerprint, other: Fingerprint): boolean {
  if (one.parents.length > 1 && other.parents.length > 1) return true
  if (one.paths.length + other.paths.length === 0) return true
  return !new Set(one.paths).isDisjointFrom(new Set(other.paths))
}

/** A copy that stood on another branch all along gives way to the commit that came when the lost one went. */
function onlyOne(commits: readonly Fingerprint[], standing: Standing): Fingerprint | undefined {
  if (commits.length <= 1) return commits[0]
  const fresh = commits.filter(({ oid }) => standing.isNew(oid))
  return fresh.length === 1 ? fresh[0] : undefined
}

function groupByKey(
  commits: readonly Fingerprint[],
  keyOf: (commit: Fingerprint) => string | undefined,
  counts: (commit: Fingerprint) => boolean,
): Map<string, Fingerprint[]> {
  const groups = new Map<string, Fingerprint[]>()
  for (const commit of commits) {
    const key = counts(commit) ? keyOf(commit) : undefined
    if (key === undefined || key === '') continue
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [commit])
    else group.push(commit)
  }
  return groups
}
