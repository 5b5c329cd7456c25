import { AiosError } from '../contract/errors.ts'
import { hookOf, isHookName, type HookName } from '../contract/hooks.ts'
import { nearest } from '../contract/nearest.ts'
import { authorTypes } from './author-types.ts'
import { parseManifest } from './manifest.ts'

/** Returns the files of a new plugin, which works as it is: a manifest, a handler, an event, and types. */
export function scaffoldPlugin(id: string, hook: string = 'pre-commit'): Record<string, string> {
  if (!isHookName(hook)) {
    const meant = nearest(hook, [
      'pre-commit',
      'commit-msg',
      'pre-push',
      'post-commit',
      'before:recall',
      'after:recall',
      'schedule:daily',
    ])
    const proposal = meant === undefined ? 'See docs/reference/hooks.md.' : `Did you mean ${meant}?`
    throw new AiosError('plugin.invalid', `There is no hook ${hook}. ${proposal}`)
  }
  const manifest = print({
    id,
    name: id,
    version: '0.1.0',
    description: `Handles ${hook}.`,
    main: 'handler.js',
    hooks: { [hook]: 'handler.js' },
    permissions: hook === 'pre-commit' ? ['git:read'] : [],
    // Only these two handlers read it.
    ...(hook === 'pre-commit' || hook === 'commit-msg'
      ? { config: { type: 'object', properties: { word: { type: 'string', default: 'DO NOT COMMIT' } } } }
      : {}),
  })
  parseManifest(manifest, 'plugin.json')
  return {
    'plugin.json': manifest,
    'handler.js': handlerOf(hook),
    ...(hook === 'pre-commit' || hook === 'commit-msg'
      ? { 'events/refused.json': print(eventOf(hook)) }
      : {}),
    ...(hook.startsWith('schedule:') ? { 'events/due.json': print(dueOf(hook)) } : {}),
    'aios.d.ts': authorTypes([hook]),
  }
}

function handlerOf(hook: HookName): string {
  const type = `/** @type {import('./aios').Handler<'${hook}'>} */\n`
  if (hook === 'pre-commit') return type + preCommit
  if (hook === 'commit-msg') return type + commitMessage
  if (hook.startsWith('schedule:')) return type + schedule
  const { kind } = hookOf(hook)
  const answer =
    kind === 'bail'
      ? "\n  return { decision: 'allow' }"
      : kind === 'waterfall'
        ? '\n  return { patch: [] }'
        : ''
  return `${type}export default async (ctx) => {\n  ctx.log('info', \`\${ctx.hook} was asked\`)${answer}\n}\n`
}

const preCommit = `export default async (ctx) => {
  const findings = []
  for (const file of ctx.event.files) {
    if (file.status === 'deleted' || file.isBinary) continue
    const { text } = await ctx.git.readBlob(file.oid)
    const line = text.split('\\n').findIndex((each) => each.includes(ctx.config.word)) + 1
    if (line > 0) findings.push({ message: \`\${ctx.config.word} stands here\`, severity: 'error', path: file.path, line })
  }
  return { decision: findings.length === 0 ? 'allow' : 'deny', findings }
}
`

const commitMessage = `export default async (ctx) => {
  if (!ctx.event.message.includes(ctx.config.word)) return { decision: 'allow' }
  return { decision: 'deny', findings: [{ message: \`The message says \${ctx.config.word}\`, severity: 'error' }] }
}
`

const schedule = `export default async (ctx) => {
  const { name, repository, due, isLate } = ctx.event
  ctx.log('info', \`\${name} in \${repository}, due at \${due}\${isLate ? ', made up for' : ''}\`)
}
`

function eventOf(hook: 'pre-commit' | 'commit-msg'): unknown {
  const oid = 'a'.repeat(40)
  const file = { path: 'src/tide.ts', status: 'added', mode: '100644', oid, size: 30 }
  const text = 'const tide = 1 // DO NOT COMMIT\n'
  const expect = { decision: 'deny', findings: ['DO NOT COMMIT'] }
  if (hook === 'pre-commit') return { hook, data: { files: [file] }, blobs: { [oid]: text }, expect }
  return { hook, data: { message: 'DO NOT COMMIT: tides', files: [file] }, expect }
}

function dueOf(hook: HookName): unknown {
  const due = '2026-01-05T04:00:00.000Z'
  return { hook, time: due, data: { name: hook.slice('schedule:'.length), due, isLate: false } }
}

function print(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}
