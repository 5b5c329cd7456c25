const words =
  /example|sample|dummy|placeholder|change[-_]?me|redacted|your[-_]|my[-_]?(?:secret|token|key)|(?<![a-z\d])(?:fake|foo|bar\b)|x{5}|\.\.\.|\*\*\*|0000000|1234567|abcdef|<[^>]*>|\$\{|\$\(|\{\{|%[({s]/i
/** What stands for something and cannot stand in the letters that a key is written in. */
const gaps = /\.\.\.|\*\*\*|<[^>]*>|\$\{|\$\(|\{\{|%[({s]/
const ownHosts =
  /@(?:localhost|127\.|0\.0\.0\.0|\[::1\]|(?:[\w-]+\.)*(?:example|test|local|localhost|invalid)(?:\.\w+)?(?=[:/\s'"`]|$)|[\w-]+(?=[:/\s'"`]|$))/i
const plainPassword = /^(?:[a-z]{1,10}|\d{1,8}|.{1,5}|pass(?:word|wd)?\d*|admin\d*|secret\d*|\$\w+)$/i

/** Says whether what looks like a secret is written to be read: an example, a pattern, a login of one's own machine. */
export function isPlaceholder(secret: string, kind: string): boolean {
  // Among the letters of a key every short word stands by chance, and of long ones there are enough.
  if (/PRIVATE KEY/.test(secret)) return gaps.test(secret) || new Set(bodyOf(secret)).size <= 4
  if (words.test(secret) || new Set(secret.replace(/^.{4}/, '')).size <= 4) return true
  if (!/:\/\//.test(secret) && kind !== 'basicauth') return false
  const [, password = ''] = /\/\/[^:/\s]*:([^@\s]*)@/.exec(secret) ?? []
  return ownHosts.test(secret) || plainPassword.test(password)
}

function bodyOf(key: string): string {
  return key.replace(/-----[^-]*-----/g, '').replace(/\s/g, '')
}
