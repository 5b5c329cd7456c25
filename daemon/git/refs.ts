import { AiosError } from '../../contract/errors.ts'
import { type Git, gitFailed, type GitOptions } from './git.ts'

/** A name and the commit that it leads to. */
export interface Ref {
  /** Its full name: `refs/heads/main`. */
  readonly name: string
  /** The commit; for an annotated tag, the one that it is about. */
  readonly oid: string
}

/** What is checked out. */
export interface Head {
  /** The commit; undefined when the branch has none yet. */
  readonly oid?: string
  /** The full name of the branch; undefined when HEAD is detached. */
  readonly ref?: string
  readonly detached: boolean
  readonly unborn: boolean
}

const refFormat = '--format=%(objectname) %(objecttype) %(*objectname) %(*objecttype) %(refname)'

/** Returns all refs that lead to a commit. Tags of other things are left out, as `rev-list --all` leaves them. */
export async function readRefs(git: Git, where: GitOptions): Promise<Ref[]> {
  const { code, stdout, stderr } = await git.run(['for-each-ref', refFormat], where)
  if (code !== 0 && /missing object|bad object|parse_object/i.test(stderr)) return readSoundRefs(git, where)
  if (code !== 0) throw gitFailed(['for-each-ref'], stderr, code)
  const listing = stdout.toString('utf8')
  const lines = listing.split('\n').filter((line) => line !== '')
  const doubtful: Ref[] = []
  const refs = lines.flatMap((line): Ref[] => {
    const [oid = '', type = '', peeled = '', peeledType = '', ...name] = line.split(' ')
    const ref = { name: name.join(' '), oid: type === 'tag' ? peeled : oid }
    if (type === 'commit' || peeledType === 'commit') return [ref]
    // Before git 2.45 a tag of a tag is followed one step only.
    if (peeledType === 'tag') doubtful.push(ref)
    return []
  })
  return [...refs, ...(await peel(git, where, doubtful))].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** Returns what is checked out, according to git. */
export async function readHead(git: Git, where: GitOptions): Promise<Head> {
  const [symbolic, commit] = await Promise.all([
    git.run(['symbolic-ref', '--quiet', 'HEAD'], where),
    git.run(['rev-parse', '--verify', '--quiet', '--end-of-options', 'HEAD^{commit}'], where),
  ])
  if (symbolic.code > 1) throw gitFailed(['symbolic-ref'], symbolic.stderr, symbolic.code)
  const ref = symbolic.stdout.toString('utf8').trim()
  const oid = commit.stdout.toString('utf8').trim()
  return headOf(ref === '' ? undefined : ref, oid === '' ? undefined : oid)
}

/** Returns a head from its two parts. */
export function headOf(ref: string | undefined, oid: string | undefined): Head {
  return {
    ...(oid === undefined ? {} : { oid }),
    ...(ref === undefined ? {} : { ref }),
    detached: ref === undefined,
    unborn: oid === undefined,
  }
}

/**
 * Returns the commit that a revision names, whatever characters it begins with.
 *
 * Fails with `revision.unknown` or, for too short an id, with `revision.ambiguous`.
 */
export async function resolveRevision(git: Git, where: GitOptions, revision: string): Promise<string> {
  const named = `${revision}^{commit}`
  const unusable = revision === '' || /[\0\n]/.test(revision)
  if (unusable) throw unknownRevision(revision)
  const result = await git.run(['rev-parse', '--verify', '--end-of-options', named], where)
  const oid = result.stdout.toString('utf8').trim()
  if (result.code === 0 && /^[0-9a-f]{40,64}$/.test(oid)) return oid
  if (/ambiguous/.test(result.stderr)) {
    throw new AiosError('revision.ambiguous', `More than one object begins with ${revision}.`)
  }
  // Whoever looks for another name would look in vain.
  if (damage.test(result.stderr)) throw gitFailed(['rev-parse'], result.stderr, result.code)
  throw unknownRevision(revision)
}

/** What git says when it is the repository that is broken, and not the name. */
const damage =
  /^(?:error|fatal): .*(?:corrupt|unpack|packfile|packed-refs|multi-pack|index file|is empty|bad | repo)/m

/** Returns the error for a revision that leads to no commit. */
export function unknownRevision(revision: string): AiosError {
  return new AiosError(
    'revision.unknown',
    `There is no commit ${JSON.stringify(revision)} in this repository.`,
  )
}

/** Returns the refs that lead to a commit in a repository where one leads to an object that is lost. */
async function readSoundRefs(git: Git, where: GitOptions): Promise<Ref[]> {
  const listing = await git.text(['for-each-ref', '--format=%(objectname) %(refname)'], where)
  const lines = listing.split('\n').filter((line) => line !== '')
  const refs = lines.map((line) => ({
    oid: line.split(' ')[0] ?? '',
    name: line.slice(line.indexOf(' ') + 1),
  }))
  return peel(git, where, refs)
}

/**
 * Follows tags to the commits they are about in the end.
 *
 * Git ends at an object that is broken; that one is taken for a commit, so that whoever reads it says what is
 * wrong with it, and the rest is asked for again.
 */
async function peel(git: Git, where: GitOptions, refs: readonly Ref[]): Promise<Ref[]> {
  const found: Ref[] = []
  for (let left = refs; left.length > 0;) {
    const input = left.map(({ oid }) => `${oid}^{}\n`).join('')
    const args = ['cat-file', '--batch-check=%(objectname) %(objecttype)']
    const { code, stdout, stderr } = await git.run(args, { ...where, input })
    const answers = stdout.toString('utf8').split('\n').slice(0, -1)
    if (code !== 0 && !/corrupt|inflate|unable to/i.test(stderr)) throw gitFailed(args, stderr, code)
    for (const [index, answer] of answers.entries()) {
      const [oid, type] = answer.split(' ')
      const ref = left[index]
      if (ref !== undefined && oid !== undefined && type === 'commit') found.push({ ...ref, oid })
    }
    const broken = code === 0 ? [] : left.slice(answers.length, answers.length + 1)
    found.push(...broken)
    left = code === 0 ? [] : left.slice(answers.length + 1)
  }
  return found
}
