const submodule = '160000'
/** What a finding may hold at most. */
const mostCharacters = 4096

/**
 * Refuses secrets that the staged change brings in. What HEAD holds already is no news, and what looks like an
 * example is none.
 *
 * @type {import('../../../docs/reference/aios').Handler<'pre-commit'>}
 */
export default async (ctx) => {
  const { allow, kinds, lenient, mostBytes } = ctx.config
  // Of what git did not find the size is 0, too; that it cannot be read is found out below.
  const files = ctx.event.files
    .filter(({ status, mode, size, isBinary }) => {
      return status !== 'deleted' && mode !== submodule && size <= mostBytes && !isBinary
    })
    .filter(({ path }) => !isListed(path, allow))
    .map(({ path, oid, oldOid }) => ({ path, oid, ...(oldOid === undefined ? {} : { oldOid }) }))

  const found = (await inTurn(files, (some) => ctx.secrets.findInBlobs(some, { maxBytes: mostBytes })))
    .filter(({ kind, isPlaceholder }) => !isPlaceholder && !kinds.includes(kind))
    .map((secret) => ({ ...secret, isLenient: isBelow(secret.path, lenient) }))

  const findings = found.map(({ path, line, kind, isLenient }) => ({
    message: `A secret (${kind}) would be committed${isLenient ? ', unless it is made up' : ''}. Once pushed, it must be changed.`,
    severity: isLenient ? 'warning' : 'error',
    line,
    ...(path.length > mostCharacters ? {} : { path }),
    silence: silenceFor(path),
  }))
  return {
    decision: found.some(({ isLenient }) => !isLenient) ? 'deny' : 'allow',
    // Those that refuse stand first: there is room for a thousand.
    findings: findings.toSorted((one, other) => one.severity.localeCompare(other.severity)).slice(0, 1000),
  }
}

/** Asks about a thousand at a time, which is as many as may be asked about at once. */
async function inTurn(files, ask) {
  const answers = []
  for (let from = 0; from < files.length; from += 1000)
    answers.push(...(await ask(files.slice(from, from + 1000))))
  return answers
}

function isListed(path, list) {
  return list.some((name) => (name.endsWith('/') ? path.startsWith(name) : path === name))
}

function isBelow(path, folders) {
  return path
    .split('/')
    .slice(0, -1)
    .some((folder) => folders.includes(folder))
}

/** Returns what to type; a path that would not be taken as it stands, as by a shell or for a number, is only spoken of. */
function silenceFor(path) {
  const once = 'AIOS_SKIP=secrets for this commit'
  if (!/^(?!(?:true|false|-?\d[\d.eE+-]*)$)[\w@.+/-]{1,500}$/.test(path))
    return `${once}; for good: the setting allow of secrets`
  return `${once}; for good: aios plugin enable secrets --set allow+=${path}`
}
