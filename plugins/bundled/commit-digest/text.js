const sections = [
  ['Fixed', ['fix']],
  ['Taken back', ['revert']],
  ['Added', ['feature']],
  ['Faster', ['performance']],
  ['Changed', ['refactoring', 'other', 'session']],
  ['Besides', ['documentation', 'test', 'build', 'chore']],
]
const mostNamed = 20
const mostCharacters = 16_000

/** Returns the digest of a day: a headline, then what was done by kind, each commit by its id and subject. */
export function textOf(date, commits) {
  const authors = [...new Set(commits.map(({ author }) => author))]
  const names = authors.length > 5 ? `${authors.length} people` : authors.join(', ')
  const heading = `${date}: ${commits.length} ${commits.length === 1 ? 'commit' : 'commits'} by ${names}`
  const parts = sections.flatMap(([title, kinds]) => {
    const own = commits.filter(({ kind }) => kinds.includes(kind))
    const lines = own
      .slice(0, mostNamed)
      .map(({ oid, subject }) => `- ${oid.slice(0, 8)} ${subject.slice(0, 150)}`)
    const more = own.length > mostNamed ? [`- and ${own.length - mostNamed} more`] : []
    return own.length === 0 ? [] : [[title, ...lines, ...more].join('\n')]
  })
  return [heading.slice(0, 500), ...parts].join('\n\n').slice(0, mostCharacters)
}
