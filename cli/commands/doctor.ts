import { resolve } from 'node:path'
import { daemonRoutes } from '../../contract/daemon-routes.ts'
import { operateRoutes } from '../../contract/operate-routes.ts'
import type { ReplyOf } from '../../contract/route.ts'
import type { DoctorAnswer } from '../../contract/status.ts'
import { bytes, counted } from '../amount.ts'
import { command } from '../command.ts'
import { answer } from '../outcome.ts'
import { sanitise } from '../../contract/plain.ts'
import { styled, type Terminal } from '../terminal.ts'
import { warnOfUnheard } from '../unheard.ts'
import { wrap } from '../width.ts'

/** What the process ends with when something is not as it should be. */
const degraded = 7

export default command({
  name: 'doctor',
  summary: 'look for what is wrong, and mend it if asked',
  options: {
    fix: { kind: 'flag', flags: '--fix', summary: 'mend what can be mended' },
    bundle: {
      kind: 'text',
      flags: '--bundle <file>',
      summary: 'write what helps to find a fault into a .tar.gz, without secrets and commits',
    },
  },
  examples: ['aios doctor', 'aios doctor --fix', 'aios doctor --bundle aios.tar.gz'],

  async run(context, _words, { fix, bundle }) {
    const client = await context.connect()
    await warnOfUnheard(client, context)
    if (bundle !== undefined) {
      const path = resolve(context.directory, bundle)
      return answer('bundle', await client.call(operateRoutes.bundle, { path }), printBundle)
    }
    const found = await client.call(daemonRoutes.doctor, fix ? { fix } : {})
    return answer('doctor', found, print, found.healthy ? 0 : degraded)
  },
})

function printBundle(
  { path, bytes: size, files, redactions }: ReplyOf<typeof operateRoutes.bundle>,
  terminal: Terminal,
): void {
  terminal.line(styled('bold', path), styled('dim', `  ${bytes(size)}`))
  terminal.line('Inside: ', files.join(', '))
  if (redactions > 0) terminal.line(`${counted(redactions, 'secret')} taken out.`)
  terminal.line(styled('dim', 'It was sent nowhere. Look at it before you send it.'))
}

function print({ healthy, checks }: DoctorAnswer, terminal: Terminal): void {
  for (const { name, ok, detail, hint, fixed } of checks) {
    terminal.line(ok ? styled('green', '✔ ') : styled('red', '✖ '), styled('bold', name))
    for (const line of wrap(sanitise(detail), terminal.width - 4)) terminal.line('    ', styled('dim', line))
    if (fixed !== undefined) terminal.line('    ', styled('green', fixed))
    if (!ok && hint !== undefined) terminal.line('    ', styled('cyan', hint))
  }
  terminal.line()
  terminal.line(
    healthy ? styled('green', 'Everything is as it should be.') : styled('red', 'Something is wrong.'),
  )
}
