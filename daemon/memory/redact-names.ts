import type { CommitHeader, Signature } from '../../contract/commit.ts'

/** What every secret that a rule knows has, and hardly any name: what else is not searched costs nothing. */
const suspicious = /[\w/=-]{20}|:\/\//
const shortest = 16

/** Returns commits whose people's names and addresses have no secrets. */
export async function redactNames(headers: readonly CommitHeader[]): Promise<readonly CommitHeader[]> {
  const suspects = new Set<string>()
  for (const { author, committer } of headers) {
    addSuspects(author, suspects)
    // Most commits are committed by their author.
    if (committer.email !== author.email || committer.name !== author.name) addSuspects(committer, suspects)
  }
  if (suspects.size === 0) return headers
  const { redact } = await import('../../native-workers/redact.ts')
  const texts = [...suspects]
  const clean = await redact(texts)
  const shown = new Map(texts.map((text, index) => [text, clean[index]?.text ?? '']))
  return headers.map((header) => ({
    ...header,
    author: renamed(header.author, shown),
    committer: renamed(header.committer, shown),
  }))
}

function addSuspects({ name, email }: Signature, suspects: Set<string>): void {
  if (name.length >= shortest && suspicious.test(name)) suspects.add(name)
  if (email.length >= shortest && suspicious.test(email)) suspects.add(email)
}

function renamed(person: Signature, shown: ReadonlyMap<string, string>): Signature {
  const { name, email } = person
  return { ...person, name: shown.get(name) ?? name, email: shown.get(email) ?? email }
}
