import { gitFailed } from './git.ts'
import { checkedOid } from './oid.ts'
import { gitOf, placeOf, type Repository } from './repository.ts'

/** Returns the size of each blob that is there. */
export async function blobSizes(
  repository: Repository,
  oids: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>()
  if (oids.length === 0) return sizes
  const git = gitOf(repository, 'measuring files')
  const args = ['cat-file', '--batch-check=%(objectname) %(objectsize)', '--buffer']
  const input = [...new Set(oids)].map((oid) => `${checkedOid(oid)}\n`).join('')
  const { code, stdout, stderr } = await git.run(args, { ...placeOf(repository, signal), input })
  if (code !== 0) throw gitFailed(args, stderr, code)
  for (const line of stdout.toString('utf8').split('\n')) {
    const [oid = '', size = ''] = line.split(' ')
    if (/^\d+$/.test(size)) sizes.set(oid, Number(size))
  }
  return sizes
}
