import { type LiveReader, openLiveReader } from './live.ts'
import type { Repository } from './repository.ts'

/** An answer shows ten commits; one process would read them one after the other. */
const readers = 2

/** Opens readers that take turns, so that a commit which takes long holds back only half of the others. */
export function openReaders(repository: Repository): LiveReader {
  const all = Array.from({ length: readers }, () => openLiveReader(repository))
  let turn = 0
  const next = (): LiveReader | undefined => all[turn++ % readers]

  return {
    read: async (oids, signal) => (await next()?.read(oids, signal)) ?? [],
    readPaths: async (oid, paths, signal) => next()?.readPaths(oid, paths, signal),
    close() {
      for (const reader of all) reader.close()
    },
  }
}
