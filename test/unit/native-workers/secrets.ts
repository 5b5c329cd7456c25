/**
 * One sample of each kind of secret. Put together here, so that no search for secrets stops at this file,
 * and by chance, so that no rule takes it for an example.
 */
const letters = 'q7Wm2Kx9Rb4Tc8Zp1Vh5Yn3Jd6Lf0Gs'
const word = (length: number) => letters.repeat(Math.ceil(length / letters.length)).slice(0, length)
const digits = (length: number) => '8305172946'.repeat(length).slice(0, length)
const hex = (length: number) => '8f3a0c5e71d2b946'.repeat(length).slice(0, length)
const alphabetic = (length: number) => 'qWmKxRbTcZpVhYnJdLfGs'.repeat(length).slice(0, length)
const dashes = '-'.repeat(5)

/** The lines of a private key in the usual form. */
export function privateKey(lines: number, kind = 'RSA '): string[] {
  const body = Array.from({ length: lines }, (_, at) => (at === 0 ? `MIIEpAIBAAKCAQEA${word(48)}` : word(64)))
  return [`${dashes}BEGIN ${kind}PRIVATE KEY${dashes}`, ...body, `${dashes}END ${kind}PRIVATE KEY${dashes}`]
}

/** Secrets by the rule that finds them: each with the part that must not be seen. */
export const samples: Readonly<Record<string, string>> = {
  aws: `AWS_SECRET_ACCESS_KEY = ${word(40)}`,
  privatekey: privateKey(12).join('\n'),
  npm: `npm_${word(36)}`,
  basicauth: `https://carol:${word(12)}@tide.dev`,
  slack: `xoxb-${digits(12)}-${word(24)}`,
  sendgrid: `SG.${word(22)}.${word(43)}`,
  shopify: `shpat_${hex(32)}`,
  stripe: `sk_live_${word(24)}`,
  github: `ghp_${word(36)}`,
  gitlab: `glpat-${word(20)}`,
  grafana: `glsa_${word(32)}_${hex(8)}`,
  openai: `sk-${word(20)}T3Blbk${'FJ'}${word(20)}`,
  anthropic: `sk-ant-api03-${word(93)}AA`,
  groq: `gsk_${word(52)}`,
  huggingface: `hf_${alphabetic(34)}`,
  linear: `lin_api_${word(40)}`,
  notion: `ntn_${digits(11)}${word(35)}`,
  '1password': `ops_${Buffer.from(JSON.stringify({ secretKey: word(111) })).toString('base64')}`,
  'database-connection-string': `postgres://carol:${word(12)}@db.tide.dev/sea`,
  'hashicorp-vault': `hvs.${word(95)}`,
  vercel: `vcp_${word(24)}`,
  databricks: `dapi${hex(32)}`,
  docker: `dckr_pat_${word(27)}`,
  figma: `figd_${word(40)}`,
  cloudflare: `cfut_${word(40)}${hex(8)}`,
  tailscale: `tskey-auth-${word(12)}-${word(32)}`,
}
