import type { Session, Trailer } from '../../contract/episode.ts'

const sections = ['prompt', 'stats', 'artifacts', 'traces'] as const
type Section = (typeof sections)[number]

/**
 * Reads a session commit: `session: <title>`, then `Prompt:`, `Stats:`, `Artifacts:` and `Traces:` sections,
 * or trailers of those names, with or without `Session-` before them.
 */
export function sessionOf(subject: string, body: string, trailers: readonly Trailer[]): Session | undefined {
  const title = /^session:\s*(.+)$/i.exec(subject)?.[1]
  if (title === undefined) return undefined
  const found = { ...fromTrailers(trailers), ...fromBody(body) }
  return {
    title,
    artifacts: itemsOf(found.artifacts),
    traces: itemsOf(found.traces),
    ...(found.prompt === undefined ? {} : { prompt: found.prompt }),
    ...(found.stats === undefined ? {} : { stats: found.stats }),
  }
}

type Found = Partial<Record<Section, string>>

function fromTrailers(trailers: readonly Trailer[]): Found {
  const found: Found = {}
  for (const { key, value } of trailers) {
    const section = sectionOf(key.replace(/^session-/i, ''))
    if (section !== undefined)
      found[section] = found[section] === undefined ? value : `${found[section]}\n${value}`
  }
  return found
}

function fromBody(body: string): Found {
  const found: Found = {}
  let current: Section | undefined
  for (const line of body.split('\n')) {
    const [, head, rest] = /^#{0,3}\s*([A-Za-z]+):\s*(.*)$/.exec(line) ?? []
    const section = head === undefined ? undefined : sectionOf(head)
    if (section !== undefined) {
      current = section
      found[section] = rest ?? ''
    } else if (current !== undefined) found[current] = `${found[current] ?? ''}\n${line}`
  }
  for (const section of sections) {
    const text = found[section]?.trim()
    if (text === undefined || text === '') delete found[section]
    else found[section] = text
  }
  return found
}

function sectionOf(name: string): Section | undefined {
  return sections.find((section) => section === name.toLowerCase())
}

function itemsOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(/\n|,\s/)
    .map((item) => item.replace(/^\s*[-*]\s+/, '').trim())
    .filter((item) => item !== '')
}
