import fs from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AiosError } from '../../contract/errors.ts'

/** Reads objects by their ids, without git. */
export interface PortableObjects {
  /** Returns the bytes and the type of an object; fails with `revision.unknown` when there is none. */
  read(oid: string): Promise<{ readonly type: string; readonly bytes: Buffer }>
  /** What isomorphic-git keeps between calls. */
  cache(): Promise<object>
}

/** Loads isomorphic-git, which most daemons never need: half a megabyte of program in a heap that stays for weeks. */
export const loadPortableGit = () => import('isomorphic-git')

/** Creates a reader whose cache is dropped whenever the repository's packs change. */
export function createPortableObjects(gitdir: string): PortableObjects {
  let cache = {}
  let packs: string | undefined

  const currentCache = async () => {
    const names = await readdir(join(gitdir, 'objects', 'pack')).catch(() => [])
    const seen = names.toSorted((a, b) => (a < b ? -1 : 1)).join('\n')
    if (packs !== seen) cache = {}
    packs = seen
    return cache
  }

  return {
    cache: currentCache,
    async read(oid) {
      const { Errors, readObject } = await loadPortableGit()
      try {
        const found = await readObject({ fs, gitdir, oid, format: 'content', cache: await currentCache() })
        return { type: found.type ?? 'blob', bytes: contentOf(found.object) }
      } catch (cause) {
        if (cause instanceof Errors.NotFoundError) {
          throw new AiosError('revision.unknown', `There is no object ${oid}.`, { cause })
        }
        throw new AiosError('repository.unreadable', `The object ${oid} cannot be read.`, { cause })
      }
    },
  }
}

function contentOf(object: unknown): Buffer {
  if (object instanceof Uint8Array) return Buffer.from(object.buffer, object.byteOffset, object.byteLength)
  throw new TypeError('isomorphic-git returned no bytes.')
}
