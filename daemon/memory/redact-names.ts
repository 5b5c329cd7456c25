import type { CommitHeader, Signature } from '../../contract/commit.ts'

/** Names and addresses below this length are too short to be a secret that a rule knows. */
const shortest = 16

/** Returns commits whose people's names and addresses have no secrets. Each name is searched once. */
export async function redactNames(headers: readonly CommitHeader[]): Promise<readonly CommitHeader[]> {
  const names = new Set<string>()
  for (const { author, committer } of headers) {
    for (const text of [author.name, author.email, committer.name, committer.email]) {
      if (text.length >= shortest) names.add(text)
    }
  }
  const { redact } = await import('../../native-workers/redact.ts')
  const texts = [...names]
  const clean = await redact(texts)
  const hidden = new Map(
    clean.flatMap(({ text, count }, index): [string, string][] =>
      count > 0 ? [[texts[index] ?? '', text]] : [],
    ),
  )
  if (hidden.size === 0) return headers
  return headers.map((header) => ({
    ...header,
    author: renamed(header.author, hidden),
    committer: renamed(header.committer, hidden),
  }))
}

function renamed(person: Signature, hidden: ReadonlyMap<string, string>): Signature {
  const { name, email } = person
  return { ...person, name: hidden.get(name) ?? name, email: hidden.get(email) ?? email }
}
