/** What stands for something else, in letters that no key is written in. */
const gaps = /\.\.\.|\*\*\*|<[^>]*>|\$\{|\$\(|\{\{|%[({s]/
/** What says of itself that it is none. */
const words =
  /example|sample|dummy|placeholder|change[-_]?me|redacted|your[-_]|my[-_]?(?:secret|token|key)|(?<![a-z\d])(?:fake|foo|bar\b)|x{5}|0000000|1234567|abcdef/i
const ownHosts =
  /@(?:localhost|127\.|0\.0\.0\.0|\[::1\]|(?:[\w-]+\.)*(?:example|test|local|localhost|invalid)(?:\.\w+)?(?=[:/\s'"`]|$)|[\w-]+(?=[:/\s'"`]|$))/i
const plainPassword = /^(?:[a-z]{1,10}|\d{1,8}|.{1,5}|pass(?:word|wd)?\d*|admin\d*|secret\d*|\$\w+)$/i

/** Says whether what looks like a secret is written to be read: an example, a pattern, a login of one's own machine. */
export function isPlaceholder(secret: string, kind: string): boolean {
  if (gaps.test(secret)) return true
  // A private key has so many letters that every word may stand among them by chance.
  if (/PRIVATE KEY/.test(secret)) return isMonotonous(bodyOf(secret))
  if (words.test(secret) || isMonotonous(secret.replace(/^.{4}/, ''))) return true
  if (!/:\/\//.test(secret) && kind !== 'basicauth') return false
  const [, password = ''] = /\/\/[^:/\s]*:([^@\s]*)@/.exec(secret) ?? []
  return ownHosts.test(secret) || plainPassword.test(password)
}

function isMonotonous(letters: string): boolean {
  return new Set(letters).size <= 4
}

function bodyOf(key: string): string {
  return key.replace(/-----[^-]*-----/g, '').replace(/\s/g, '')
}
