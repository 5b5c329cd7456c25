import { hostCalls, type HostCallDescription } from '../../contract/host-calls.ts'
import { cell, fieldTable } from './schema-words.ts'

/** Returns the reference page of what a plugin may ask of the daemon. */
export function hostCallsPage(): string {
  const all = Object.entries<HostCallDescription>(hostCalls)
  const index = all.map(([name, { permission, perMinute, summary }]) => {
    const needs = permission === undefined ? 'nothing' : `\`${permission}\``
    return `| \`ctx.${name}\` | ${needs} | ${perMinute} | ${cell(summary)} |`
  })
  const sections = all.map(([name, { summary, args, reply }]) => {
    return [`## \`ctx.${name}\``, summary, fieldTable('Argument', args), fieldTable('Answer', reply)].join(
      '\n\n',
    )
  })
  return `${head}\n${index.join('\n')}\n\n${sections.join('\n\n')}\n`
}

const head = `<!-- Made from contract/host-calls.ts by \`npm run generate\`; changes made here are lost. -->

# What a plugin may ask

Every function of \`ctx\` that asks the daemon, what the plugin must have been given for it, and how often it may ask in
a minute. All of them return promises; what is refused or fails rejects with one line of text. A field with \`?\` may be
left out. Arguments stand in the order of the table.

| Call | Needs | A minute | What it does |
| --- | --- | --- | --- |`
