const changed = ['modified', 'renamed']
const submodule = '160000'
const mostCharacters = 4096
const mostBytes = 512 * 1024
/** Lines named in a message. */
const mostNamed = 5

/**
 * Warns when lines go that a remembered fix added. A file that is deleted as a whole is meant to go, and a change that
 * is itself a revert says so.
 *
 * @type {import('../../../docs/reference/aios').Handler<'pre-commit'>}
 */
export default async (ctx) => {
  const { leastShare, leastLines, onlyClosing, mostFindings, mostFiles, ignore } = ctx.config
  if (ctx.event.files.length > mostFiles) return { decision: 'allow' }
  const files = ctx.event.files
    .filter(({ status, mode, size, isBinary }) => {
      return status !== 'deleted' && mode !== submodule && size <= mostBytes && !isBinary
    })
    .filter(({ path }) => !isIgnored(path, ignore))
    .map(({ path, oldPath, status, oid, oldOid }) => {
      const moved = oldPath === undefined ? {} : { oldPath }
      return { path, oid, ...(changed.includes(status) ? { ...moved, oldOid } : {}) }
    })
  if (!files.some(({ oldOid }) => oldOid !== undefined)) return { decision: 'allow' }

  const fixes = (await ctx.memory.undone(files))
    .filter(({ lines, had, closed }) => {
      // A single line may be all that a fix was; then its message must say what for.
      const isEnough = lines.length >= leastLines || (lines.length === had && closed.length > 0)
      return isEnough && lines.length / had >= leastShare && (closed.length > 0 || !onlyClosing)
    })
    .slice(0, mostFindings)
  return { decision: 'allow', findings: fixes.map(findingOf) }
}

function findingOf({ path, oid, subject, time, closed, lines, had }) {
  const [line] = lines
  const named = `${lines.slice(0, mostNamed).join(', ')}${lines.length > mostNamed ? ' …' : ''}`
  const what = closed.length === 0 ? 'fixed something' : `closed ${closed.join(', ')}`
  return {
    message: `${lines.length} of the ${had} lines go that ${oid.slice(0, 8)} (${subject.slice(0, 200)}) of ${time.slice(0, 10)} added here, which ${what}; before the change: ${lines.length === 1 ? 'line' : 'lines'} ${named}.`,
    severity: 'warning',
    line,
    ...(path.length > mostCharacters ? {} : { path }),
    evidence: [oid],
    silence: silenceFor(path),
  }
}

function isIgnored(path, list) {
  return list.some((name) => (name.endsWith('/') ? path.startsWith(name) : path.endsWith(name)))
}

/** Returns what to type; a path that would not be taken as it stands, as by a shell or for a number, is only spoken of. */
function silenceFor(path) {
  const once = 'AIOS_SKIP=reopened-bug for this commit'
  if (!/^(?!(?:true|false|-?\d[\d.eE+-]*)$)[\w@.+/-]{1,500}$/.test(path))
    return `${once}; for good: the setting ignore of reopened-bug`
  return `${once}; for good: aios plugin enable reopened-bug --set ignore+=${path}`
}
