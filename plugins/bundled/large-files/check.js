const submodule = '160000'

/**
 * Warns of large files and refuses very large ones; what is deleted, allowed or a submodule is no matter.
 *
 * @type {import('../../../docs/reference/aios').Handler<'pre-commit'>}
 */
export default (ctx) => {
  const { warnBytes, mostBytes, allow } = ctx.config
  const large = ctx.event.files
    .filter(({ status, mode, size }) => status !== 'deleted' && mode !== submodule && size > warnBytes)
    .filter(({ path }) => !allow.some((name) => (name.endsWith('/') ? path.startsWith(name) : path === name)))

  const findings = large.map(({ path, size }) => ({
    message: `This file has ${inWords(size)}; ${size > mostBytes ? inWords(mostBytes) : inWords(warnBytes)} is the limit.`,
    severity: size > mostBytes ? 'error' : 'warning',
    ...(path.length > 4096 ? {} : { path }),
    silence: silenceFor(path),
  }))
  return {
    decision: large.some(({ size }) => size > mostBytes) ? 'deny' : 'allow',
    findings: findings.slice(0, 1000),
  }
}

function inWords(bytes) {
  if (bytes < 1024) return `${bytes} bytes`
  const units = ['KiB', 'MiB', 'GiB', 'TiB']
  const power = Math.min(Math.floor(Math.log2(bytes) / 10), units.length)
  return `${Number((bytes / 1024 ** power).toFixed(1))} ${units[power - 1]}`
}

/** Returns what to type; a path that would not be taken as it stands, as by a shell or for a number, is only spoken of. */
function silenceFor(path) {
  const once = 'AIOS_SKIP=large-files for this commit'
  if (!/^(?!(?:true|false|-?\d[\d.eE+-]*)$)[\w@.+/-]{1,500}$/.test(path))
    return `${once}; for good: the setting allow of large-files`
  return `${once}; for good: aios plugin enable large-files --set allow+=${path}`
}
