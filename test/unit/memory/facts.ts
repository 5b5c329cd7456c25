import { createHash } from 'node:crypto'
import type { EpisodeFacts } from '../../../daemon/store/store.ts'

/** Returns an oid that belongs to the name. */
export function oidOf(name: string | number): string {
  return createHash('sha1').update(String(name)).digest('hex')
}

/** Returns what a graph keeps of a commit. */
export function factsOf(name: string | number, changed: Partial<EpisodeFacts> = {}): EpisodeFacts {
  return {
    oid: oidOf(name),
    parents: [],
    authorName: 'Ada Author',
    authorEmail: 'ada@example.com',
    authorTime: 1_700_000_000,
    authorZone: 0,
    committerTime: 1_700_000_000,
    subject: `change ${name}`,
    links: '',
    paths: [`src/${name}.ts`],
    ...changed,
  }
}
