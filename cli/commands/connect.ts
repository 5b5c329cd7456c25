import { AiosError } from '../../contract/errors.ts'
import { sanitise } from '../../contract/plain.ts'
import { agents, type Place, type Scope } from '../agents/agents.ts'
import { connectBy, connecting, look, type ChangeParts, type Standing } from '../agents/change.ts'
import { agentNamed, groundOf, isHere } from '../agents/ground.ts'
import { changedLines } from '../agents/splice.ts'
import { command, type Context } from '../command.ts'
import { confirm } from '../confirm.ts'
import { printChange } from '../agent-lines.ts'
import { answer, type Outcome } from '../outcome.ts'
import { styled, type Style, type Terminal } from '../terminal.ts'
import { pad } from '../width.ts'

export default command({
  name: 'connect',
  summary: 'tell a coding agent of aios; without one, list those on this machine',
  arguments: [{ name: '[agent]', summary: agents.map(({ id }) => id).join(', ') }],
  options: {
    project: { kind: 'flag', flags: '--project', summary: 'in the files of this project, not in your own' },
    yes: { kind: 'flag', flags: '-y, --yes', summary: 'do not ask before writing' },
    dryRun: { kind: 'flag', flags: '--dry-run', summary: 'show the change and write nothing' },
    replace: { kind: 'flag', flags: '--replace', summary: 'take the place of another server of that name' },
  },
  examples: ['aios connect', 'aios connect claude', 'aios connect vscode --project --yes'],

  async run(context, [id], { project, yes, dryRun, replace }) {
    const { place, parts } = groundOf(context)
    if (id === undefined) return answer('agents', { agents: standings(place, parts) }, printStandings)
    const scope: Scope = project ? 'project' : 'user'
    const looked = look(agentNamed(id), scope, place, parts)
    const change = connecting(looked, replace, parts)
    const told = { agent: id, scope, file: looked.file.path }
    if (change === undefined) return done({ ...told, state: 'connected already', change: [] })
    const lines = changedLines(looked.file.text, change.after)
    if (dryRun) return done({ ...told, state: 'not written', change: lines })
    if (!(await agreed(yes, { ...told, change: lines }, context)))
      return done({ ...told, state: 'not written', change: [] })
    connectBy(change, scope, parts.connections)
    if (project) context.warn('The file names paths of this machine; do not commit it.')
    if (isInCache(parts.program.script)) {
      context.warn(
        'This aios lies in npm’s cache, which is emptied at times; install it, then connect again.',
      )
    }
    return done({ ...told, state: 'connected', change: yes ? lines : [] })
  },
})

/** Says whether the script was fetched by npx for this one run. */
function isInCache(script: string): boolean {
  return /[\\/]_npx[\\/]/.test(script)
}

/** Shows the change and asks, unless that was answered on the command line. */
async function agreed(
  yes: boolean,
  { file, change }: { file: string; change: readonly string[] },
  context: Context,
): Promise<boolean> {
  if (yes) return true
  printChange(file, change, context.notes)
  return confirm('Write this?', context)
}

interface Done {
  readonly agent: string
  readonly scope: Scope
  readonly file: string
  readonly state: 'connected' | 'connected already' | 'not written'
  readonly change: readonly string[]
}

function done(data: Done): Outcome {
  return answer('connect', data, ({ agent, file, state, change }, terminal) => {
    if (change.length > 0) printChange(file, change, terminal)
    const { name } = agentNamed(agent)
    if (state === 'not written') return terminal.line('Nothing was written.')
    terminal.line(styled('green', '✔ '), `${name} is ${state}.`, styled('dim', ` ${sanitise(file)}`))
    if (state === 'connected')
      terminal.line(styled('dim', `  Restart ${name}, or let it reload its MCP servers.`))
  })
}

interface Listed {
  readonly agent: string
  readonly name: string
  readonly isHere: boolean
  readonly user: State
  readonly project: State
}

interface State {
  readonly file: string
  readonly standing: Standing | 'unreadable'
  readonly problem?: string
}

function standings(place: Place, parts: ChangeParts): Listed[] {
  return agents.map((agent) => {
    const stateOf = (scope: Scope): State => {
      try {
        const { file, standing } = look(agent, scope, place, parts)
        return { file: file.path, standing }
      } catch (error) {
        if (!(error instanceof AiosError)) throw error
        return { file: agent.files(scope, place)[0] ?? '', standing: 'unreadable', problem: error.message }
      }
    }
    const { id, name } = agent
    return {
      agent: id,
      name,
      isHere: isHere(agent, place),
      user: stateOf('user'),
      project: stateOf('project'),
    }
  })
}

const shown: Record<State['standing'], { text: string; style: Style }> = {
  connected: { text: 'connected', style: 'green' },
  outdated: { text: 'starts another aios; connect again', style: 'yellow' },
  taken: { text: 'has another server named aios', style: 'yellow' },
  absent: { text: 'not connected', style: 'dim' },
  unreadable: { text: 'settings cannot be read', style: 'red' },
}

function printStandings({ agents: listed }: { agents: readonly Listed[] }, terminal: Terminal): void {
  for (const { agent, name, isHere: here, user, project } of listed) {
    const { text, style } =
      here || user.standing !== 'absent'
        ? shown[user.standing]
        : { text: 'not found here', style: 'dim' as const }
    const inProject = project.standing === 'absent' ? '' : `, in this project ${shown[project.standing].text}`
    terminal.line(styled('cyan', pad(agent, 10)), pad(name, 13), styled(style, text), inProject)
    for (const { problem } of [user, project]) {
      if (problem !== undefined) terminal.line('          ', styled('dim', sanitise(problem)))
    }
  }
}
