import type { Command, Group, Options } from '../../cli/command.ts'
import { globalOptions } from '../../cli/globals.ts'
import { branches } from '../../cli/tree.ts'
import { cell } from './schema-words.ts'

/** Returns the reference page of every command. */
export async function cliPage(): Promise<string> {
  const sections = (await branches()).flatMap((branch) => sectionsOf(branch))
  return `${[head, optionTable(globalOptions), ...sections].join('\n\n')}\n`
}

function sectionsOf(branch: Command | Group): string[] {
  if (branch.shape === 'command') return [sectionOf(branch, 'aios')]
  const title = `## aios ${branch.name}\n\n${sentence(branch.summary)}`
  return [title, ...branch.commands.map((command) => sectionOf(command, `aios ${branch.name}`))]
}

function sectionOf(command: Command, parent: string): string {
  const words = command.arguments.map(({ name }) => ` ${name}`).join('')
  const hasOptions = Object.keys(command.options).length > 0
  const level = parent === 'aios' ? '##' : '###'
  const usage = `${parent} ${command.name}${hasOptions ? ' [options]' : ''}${words}`
  const parts = [`${level} ${parent} ${command.name}`, sentence(command.summary), `\`\`\`\n${usage}\n\`\`\``]
  if (command.arguments.length > 0)
    parts.push(
      table(
        'Argument',
        command.arguments.map(({ name, summary }) => [name, summary]),
      ),
    )
  if (hasOptions) parts.push(optionTable(command.options))
  if (command.examples.length > 0)
    parts.push(`For example:\n\n\`\`\`\n${command.examples.join('\n')}\n\`\`\``)
  return parts.join('\n\n')
}

function optionTable(options: Options): string {
  return table(
    'Option',
    Object.values(options).map(({ kind, flags, summary, choices }) => {
      const more = choices === undefined ? '' : ` (${choices.join(', ')})`
      return [flags, `${summary}${more}${kind === 'list' ? '; may be given more than once' : ''}`]
    }),
  )
}

function table(title: string, rows: readonly (readonly [string, string])[]): string {
  const lines = rows.map(([name, summary]) => `| \`${cell(name)}\` | ${cell(sentence(summary))} |`)
  return `| ${title} | Meaning |\n| --- | --- |\n${lines.join('\n')}`
}

function sentence(summary: string): string {
  const end = /[.?!]$/.test(summary) ? '' : '.'
  return summary.charAt(0).toUpperCase() + summary.slice(1) + end
}

const head = `<!-- Made from cli/commands by \`npm run generate\`; changes made here are lost. -->

# Commands

\`aios help COMMAND\` says the same in the terminal. Data goes to standard output, everything else to standard error;
the exit codes are those of the [errors](errors.md). Every command understands these options:`
