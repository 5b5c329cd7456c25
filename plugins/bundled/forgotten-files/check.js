/** Commits named in a message, of those that prove it. */
const mostNamed = 3
const mostCharacters = 4096

/**
 * Warns of the files that usually change with the staged ones. How often such an alarm was right is measured by memory
 * on this repository’s own past; where it was wrong too often, memory says nothing and neither does this.
 *
 * @type {import('../../../docs/reference/aios').Handler<'pre-commit'>}
 */
export default async (ctx) => {
  const { leastCommits, leastShare, mostFindings, mostFiles, ignore } = ctx.config
  const { files } = ctx.event
  if (files.length === 0 || files.length > mostFiles) return { decision: 'allow' }
  const paths = new Set(files.flatMap(({ path, oldPath = path }) => [path, oldPath]))
  const asked = [...paths].filter((path) => path.length <= mostCharacters)

  const answer = await ctx.memory.query('related', { paths: asked, staged: true, limit: 100 })
  const missing = answer.files
    .filter(({ path, missing, support, confidence }) => {
      return missing && support >= leastCommits && confidence >= leastShare && !paths.has(path)
    })
    .filter(({ path }) => !isListed(path, ignore))
    .slice(0, mostFindings)

  return { decision: 'allow', findings: missing.map((file) => findingOf(file, answer.precision)) }
}

function findingOf({ path, support, confidence, evidence }, precision) {
  const named = evidence
    .slice(0, mostNamed)
    .map(({ oid, subject }) => `${oid.slice(0, 8)} (${subject.slice(0, 100)})`)
  const right =
    precision === undefined ? '' : ` Such an alarm was right ${percent(precision)} of the time here.`
  return {
    message: `This file usually changes too: ${support} commits changed both, as in ${percent(confidence)} of such changes, the last ${named.join(', ')}.${right}`,
    severity: 'warning',
    ...(path.length > mostCharacters ? {} : { path }),
    evidence: evidence.map(({ oid }) => oid),
    silence: silenceFor(path),
  }
}

function isListed(path, list) {
  return list.some((name) => (name.endsWith('/') ? path.startsWith(name) : path === name))
}

function percent(share) {
  return `${Math.round(share * 100)} %`
}

/** Returns what to type; a path that would not be taken as it stands, as by a shell or for a number, is only spoken of. */
function silenceFor(path) {
  const once = 'AIOS_SKIP=forgotten-files for this commit'
  if (!/^(?!(?:true|false|-?\d[\d.eE+-]*)$)[\w@.+/-]{1,500}$/.test(path))
    return `${once}; for good: the setting ignore of forgotten-files`
  return `${once}; for good: aios plugin enable forgotten-files --set ignore+=${path}`
}
