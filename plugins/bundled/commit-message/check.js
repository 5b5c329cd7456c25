import { shareOfForm, typeOf } from './usual.js'

/** Messages that git, or aios itself, writes or will melt into others. */
const ofGit =
  /^(?:merge\b|revert "|fixup!|squash!|amend!|session:|initial commit$|v?\d+\.\d+\.\d+|bump(?:ed)? (?:version |to )?v?\d|release v?\d)/i

/**
 * Asks for the conventional form. Unless the settings say otherwise it only warns, and only where nearly all of the
 * last messages have the form: a repository’s own way is never a mistake.
 *
 * @type {import('../../../docs/reference/aios').Handler<'commit-msg'>}
 */
export default async (ctx) => {
  const { when, usualShare } = ctx.config
  const [subject = ''] = ctx.event.message
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
  if (subject === '' || ofGit.test(subject)) return { decision: 'allow' }
  const wrong = complaintsAbout(subject, ctx.config)
  if (wrong.length === 0) return { decision: 'allow' }

  const share = when === 'usual' ? await shareOfForm(ctx) : undefined
  if (share !== undefined && (share.of < 20 || share.have / share.of < usualShare))
    return { decision: 'allow' }
  const why =
    share === undefined ? '' : ` ${share.have} of the last ${share.of} messages here have that form.`
  const findings = wrong.map((message) => ({
    message: `${message}${why}`,
    severity: when === 'refuse' ? 'error' : 'warning',
    silence: 'AIOS_SKIP=commit-message for this commit; for good: aios plugin disable commit-message',
  }))
  return { decision: when === 'refuse' ? 'deny' : 'allow', findings }
}

function complaintsAbout(subject, { types, scopes, needsScope, mostCharacters }) {
  const found = typeOf(subject)
  if (found === undefined)
    return [`The message does not begin as in “fix(parser): what it does”; types are ${types.join(', ')}.`]
  const { type, scope } = found
  const length = [...subject].length
  return [
    ...(types.includes(type.toLowerCase())
      ? []
      : [`${type} is no type of message; types are ${types.join(', ')}.`]),
    ...(needsScope && scope === undefined
      ? [`The message names no scope, as in “${type}(parser): what it does”.`]
      : []),
    ...(scope === undefined || scopes.length === 0 || scopes.includes(scope)
      ? []
      : [`${scope} is no scope here; scopes are ${scopes.join(', ')}.`]),
    ...(mostCharacters > 0 && length > mostCharacters
      ? [`The subject has ${length} characters; ${mostCharacters} is the limit.`]
      : []),
  ].map((message) => message.slice(0, 2000))
}
