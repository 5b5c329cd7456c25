import { sanitise } from '../../contract/plain.ts'
import { agents, type Scope } from '../agents/agents.ts'
import { disconnectBy, disconnecting, look } from '../agents/change.ts'
import { agentNamed, groundOf } from '../agents/ground.ts'
import { changedLines } from '../agents/splice.ts'
import { printChange } from '../agent-lines.ts'
import { command } from '../command.ts'
import { confirm } from '../confirm.ts'
import { answer, type Outcome } from '../outcome.ts'
import { styled } from '../terminal.ts'

export default command({
  name: 'disconnect',
  summary: 'take aios out of a coding agent’s settings',
  arguments: [{ name: '<agent>', summary: agents.map(({ id }) => id).join(', ') }],
  options: {
    project: { kind: 'flag', flags: '--project', summary: 'in the files of this project, not in your own' },
    yes: { kind: 'flag', flags: '-y, --yes', summary: 'do not ask before writing' },
    dryRun: { kind: 'flag', flags: '--dry-run', summary: 'show the change and write nothing' },
  },
  examples: ['aios disconnect claude'],

  async run(context, [id = ''], { project, yes, dryRun }) {
    const { place, parts } = groundOf(context)
    const scope: Scope = project ? 'project' : 'user'
    const looked = look(agentNamed(id), scope, place, parts)
    const change = disconnecting(looked, parts.connections)
    const told = { agent: id, scope, file: looked.file.path }
    if (change === undefined) return done({ ...told, state: 'not connected', change: [] })
    const lines = changedLines(looked.file.text, change.after)
    if (dryRun) return done({ ...told, state: 'not written', change: lines })
    if (!yes) {
      printChange(told.file, lines, context.notes)
      if (!(await confirm('Write this?', context))) return done({ ...told, state: 'not written', change: [] })
    }
    disconnectBy(change, parts.connections)
    return done({ ...told, state: 'disconnected', change: yes ? lines : [] })
  },
})

interface Done {
  readonly agent: string
  readonly scope: Scope
  readonly file: string
  readonly state: 'disconnected' | 'not connected' | 'not written'
  readonly change: readonly string[]
}

function done(data: Done): Outcome {
  return answer('disconnect', data, ({ agent, file, state, change }, terminal) => {
    if (change.length > 0) printChange(file, change, terminal)
    if (state === 'not written') return terminal.line('Nothing was written.')
    terminal.line(
      styled('green', '✔ '),
      `${agentNamed(agent).name} is ${state}.`,
      styled('dim', ` ${sanitise(file)}`),
    )
  })
}
