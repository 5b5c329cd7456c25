import { AiosError } from '../../contract/errors.ts'

/** Returns what is the id of an object and nothing else: what git reads from stdin may not be an option. */
export function checkedOid(oid: string): string {
  if (isOid(oid)) return oid
  throw new AiosError('revision.unknown', `${JSON.stringify(oid)} is not the whole id of a commit.`)
}

/** Says whether a text is the whole id of an object. */
export function isOid(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text)
}
