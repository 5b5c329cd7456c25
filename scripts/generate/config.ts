import { type Setting, settings } from '../../contract/config.ts'
import { descriptionOf } from '../../contract/fields.ts'
import { defaultOf, expectationOf } from '../../contract/validate.ts'
import { variableOf } from '../../contract/variable.ts'
import { cell } from './schema-words.ts'

/** Returns the reference page of every setting. */
export function configPage(): string {
  return `${head}\n${settings().map(rowOf).join('\n')}\n`
}

function rowOf({ key, schema, scope }: Setting): string {
  const value = cell(JSON.stringify(defaultOf(schema)).replaceAll(',', ', '))
  const who = scope === 'user' ? 'you' : 'you, the repository'
  const cells = [`\`${key}\``, `\`${value}\``, cell(expectationOf(schema)), who, cell(descriptionOf(schema))]
  return `| ${cells.join(' | ')} |`
}

const head = `<!-- Made from contract/config.ts by \`npm run generate\`; changes made here are lost. -->

# Settings

Settings are read in this order, and what comes later wins:

1. the defaults below
2. your own file, \`~/.config/aios/config.yaml\` (\`config.yaml\` in \`AIOS_HOME\` when that is set)
3. the repository's \`.aiosrc.yaml\`, which may hold only what the column “Set by” allows it
4. variables: \`AIOS_\` and the key in capitals, \`${variableOf('recall.abstainBelow')}\` for \`recall.abstainBelow\`; the
   value is written as in YAML, and an empty one counts as not set
5. the command line

\`aios config show\` prints each setting in force and where it comes from; \`aios config check\` says what is wrong.

A file is YAML 1.2 and at most 64 KiB. Sections nest: \`recall.limit\` is \`limit:\` indented below \`recall:\`. A list
replaces the default list as a whole. A name that is not a setting is an error, and so are tags and merge keys; anchors
are allowed. \`schedules\` takes names of your own beside those below. A layer counts whole or, when anything in it is wrong, not at all: with a mistake in your own file, in a
variable or on the command line the daemon does not start; with one in a repository's file it goes on without that file,
and says so in \`aios status\`. A variable that begins with \`AIOS_\` and is no setting is ignored, unless it is the
near miss of one.

For editors: [aiosrc.schema.json](aiosrc.schema.json) describes \`.aiosrc.yaml\`,
[config.schema.json](config.schema.json) your own file.

| Key | Default | Must be | Set by | Meaning |
| --- | --- | --- | --- | --- |`
