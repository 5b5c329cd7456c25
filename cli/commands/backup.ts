import { resolve } from 'node:path'
import type { BackupAnswer } from '../../contract/backup.ts'
import { operateRoutes } from '../../contract/operate-routes.ts'
import { bytes, counted } from '../amount.ts'
import { command } from '../command.ts'
import { answer } from '../outcome.ts'
import { styled, type Terminal } from '../terminal.ts'
import { wrap } from '../width.ts'

export default command({
  name: 'backup',
  summary: 'write what cannot be read again from git into one file, while the daemon works',
  arguments: [{ name: '<file>', summary: 'a new .tar.gz' }],
  options: {
    full: {
      kind: 'flag',
      flags: '--full',
      summary: 'take the memories along, so that nothing is read again',
    },
  },
  examples: ['aios backup ~/aios.tar.gz'],

  async run(context, [file = ''], { full }) {
    const client = await context.connect()
    const path = resolve(context.directory, file)
    return answer('backup', await client.call(operateRoutes.backup, { path, full }), print)
  },
})

function print({ path, bytes: size, sha256, files, left }: BackupAnswer, terminal: Terminal): void {
  terminal.line(styled('green', '✔ '), styled('bold', path), `  ${counted(files, 'file')}, ${bytes(size)}`)
  terminal.line(styled('dim', `  sha256 ${sha256}`))
  for (const one of left)
    for (const line of wrap(`Not in it: ${one}`, terminal.width - 2)) terminal.line('  ', styled('dim', line))
}
