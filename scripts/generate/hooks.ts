import { hookedCommands, hooks, Finding, resultOf, type HookDescription } from '../../contract/hooks.ts'
import { cell, fieldTable } from './schema-words.ts'

/** Returns the reference page of every hook. */
export function hooksPage(): string {
  const all = Object.entries<HookDescription>(hooks)
  const index = all.map(([name, { kind, gate, summary, notYet }]) => {
    const question = notYet === undefined ? summary : `${summary} *Not asked yet.*`
    return `| \`${name}\` | ${kind} | ${gate ? 'yes' : 'no'} | ${cell(question)} |`
  })
  const sections = all.map(([name, hook]) => sectionOf(name, hook))
  const finding = `## A finding\n\n${fieldTable('Field', Finding)}`
  const commands = `\`<command>\` is one of ${hookedCommands.map((name) => `\`${name}\``).join(', ')}.`
  const schedules = '`<name>` is a schedule of your settings: `hourly`, `daily`, `weekly` or one of your own.'
  return `${head}\n${index.join('\n')}\n\n${commands} ${schedules}\n\n${[...sections, finding].join('\n\n')}\n`
}

function sectionOf(name: string, hook: HookDescription): string {
  const amends = hook.amends?.map((pointer) => `\`${pointer}\``).join(', ')
  const facts = `Kind: ${hook.kind}.${amends === undefined ? '' : ` A patch may touch ${amends}.`}`
  const result = hook.kind === 'series' ? [] : [fieldTable('Answer', resultOf(hook))]
  const warning = hook.notYet === undefined ? [] : [`**Nobody is asked this yet.** ${hook.notYet}`]
  return [`## \`${name}\``, hook.summary, ...warning, facts, fieldTable('Given', hook.input), ...result].join(
    '\n\n',
  )
}

const head = `<!-- Made from contract/hooks.ts by \`npm run generate\`; changes made here are lost. -->

# Hooks

Questions that listeners may answer, amend or refuse. The kind is fixed by the hook: \`series\` observes and its answers
are ignored; \`waterfall\` amends what is given by JSON patches (RFC 6902), one listener after the other; \`bail\` asks
listeners of one priority at once, tells what all of them found, and asks no lower priority once somebody denied;
\`parallel\` asks everyone at once and lists what each returned. Higher priorities are asked first, equals in the order in
which they were registered. To answer nothing is always allowed. A field with \`?\` may be missing.

A listener that fails, is too slow or answers what it may not is recorded, and the others are asked all the same. What
that means for a gate is for \`hooks.onFailure\`, \`hooks.required\` and \`hooks.optional\` in your own settings to say.

| Hook | Kind | May refuse | Question |
| --- | --- | --- | --- |`
