import { AiosError } from '../../contract/errors.ts'
import { command, type Command, type Group } from '../command.ts'
import { globalOptions } from '../globals.ts'
import { answer } from '../outcome.ts'

const shells = { bash, zsh, fish }

export default command({
  name: 'completion',
  summary: 'print a script that completes commands in your shell',
  arguments: [{ name: '<shell>', summary: 'bash, zsh or fish' }],
  examples: ['source <(aios completion bash)', 'aios completion fish > ~/.config/fish/completions/aios.fish'],

  async run(context, [shell = '']) {
    const write = Object.entries(shells).find(([name]) => name === shell)?.[1]
    if (write === undefined) throw new AiosError('command.usage', `Name bash, zsh or fish; not \`${shell}\`.`)
    const script = write(choicesOf(await context.commands()))
    return answer('completion', { shell, script }, (data, terminal) => {
      for (const line of data.script.split('\n')) terminal.line(line)
    })
  },
})

/** What may follow some words: `daemon` → start, stop …; `recall` → its options. */
interface Choices {
  readonly after: string
  readonly words: readonly string[]
}

function choicesOf(commands: readonly (Command | Group)[]): Choices[] {
  const always = Object.values(globalOptions).map(longOf)
  const ofCommand = (prefix: string, { name, options }: Command): Choices => ({
    after: `${prefix}${name}`,
    words: [...Object.values(options).map(longOf), ...always],
  })
  const below = commands.flatMap((one) =>
    one.shape === 'command'
      ? [ofCommand('', one)]
      : [
          { after: one.name, words: one.commands.map(({ name }) => name) },
          ...one.commands.map((sub) => ofCommand(`${one.name} `, sub)),
        ],
  )
  return [{ after: '', words: [...commands.map(({ name }) => name), 'help', ...always] }, ...below]
}

function longOf({ flags }: { readonly flags: string }): string {
  return /--[a-z-]+/.exec(flags)?.[0] ?? flags
}

function bash(choices: readonly Choices[]): string {
  return `# bash completion for aios
_aios() {
  local words=() word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do [[ $word == -* ]] || words+=("$word"); done
${picked(choices)}
  COMPREPLY=($(compgen -W "$choices" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _aios aios`
}

function zsh(choices: readonly Choices[]): string {
  return `#compdef aios
_aios() {
  local -a words_before
  local word choices
  words_before=()
  for word in "\${(@)words[2,CURRENT-1]}"; do [[ $word == -* ]] || words_before+=("$word"); done
${picked(choices).replaceAll('${words[0]}', '${words_before[1]}').replaceAll('${words[1]}', '${words_before[2]}')}
  compadd -- \${=choices}
  _files
}
compdef _aios aios`
}

/** Returns the lines that set \`choices\` by the two words before the cursor, or by the first alone. */
function picked(choices: readonly Choices[]): string {
  const cases = choices.map(({ after, words }) => `    '${after}') choices='${words.join(' ')}' ;;`)
  const groups = choices.filter(({ after }) => after.includes(' ')).map(({ after }) => after.split(' ')[0])
  return `  local subject="\${words[0]}"
  case "$subject" in
    ${[...new Set(groups)].join('|')}) subject="\${words[0]} \${words[1]}"; subject="\${subject% }" ;;
  esac
  local choices=
  case "$subject" in
${cases.join('\n')}
  esac`
}

function fish(choices: readonly Choices[]): string {
  const lines = choices.flatMap(({ after, words }) => {
    const seen = after.split(' ').filter((word) => word !== '')
    const condition =
      seen.length === 0
        ? '__fish_use_subcommand'
        : seen.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ')
    const plain = words.filter((word) => !word.startsWith('-')).join(' ')
    const long = words.filter((word) => word.startsWith('--')).map((word) => word.slice(2))
    return [
      ...(plain === '' ? [] : [`complete -c aios -n '${condition}' -a '${plain}'`]),
      ...long.map((name) => `complete -c aios -n '${condition}' -l ${name}`),
    ]
  })
  return ['# fish completion for aios', ...lines].join('\n')
}
