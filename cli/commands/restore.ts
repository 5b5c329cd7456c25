import { resolve } from 'node:path'
import type { RestoreAnswer } from '../../contract/backup.ts'
import { bytes, counted } from '../amount.ts'
import { command } from '../command.ts'
import { stopDaemon } from '../connect.ts'
import { findDaemon } from '../discover.ts'
import { answer } from '../outcome.ts'
import { readArchive } from '../restore.ts'
import { styled, type Terminal } from '../terminal.ts'

export default command({
  name: 'restore',
  summary: 'put a backup in the place of what aios knows; what is there is kept aside',
  arguments: [{ name: '<file>', summary: 'what `aios backup` wrote' }],
  options: { verify: { kind: 'flag', flags: '--verify', summary: 'only look whether it is whole' } },
  examples: ['aios restore --verify ~/aios.tar.gz', 'aios restore ~/aios.tar.gz'],

  async run(context, [file = ''], { verify }) {
    const path = resolve(context.directory, file)
    // An archive that cannot be restored is no reason to stop the daemon.
    const seen = await readArchive('verify', path, context)
    if (verify) return answer('restore', seen, print)
    const running = await findDaemon(context.folders, context.signal)
    if (running !== undefined) {
      context.notes.line('Stopping the daemon.')
      await stopDaemon(running, context.folders, 'a backup is being restored', context.signal)
    }
    const restored = await readArchive('restore', path, context)
    if (running !== undefined && context.mayStart) await context.connect()
    return answer('restore', restored, print)
  },
})

function print(found: RestoreAnswer, terminal: Terminal): void {
  const { path, version, createdAt, full, files, bytes: size, restored, kept } = found
  const what = `${counted(files, 'file')}, ${bytes(size)}, written by aios ${version} at ${createdAt}`
  terminal.line(styled('green', '✔ '), styled('bold', path), restored ? ' is restored.' : ' is whole.')
  terminal.line(styled('dim', `  ${what}`))
  for (const place of kept) terminal.line('  What was there before: ', place)
  if (!full) terminal.line(styled('dim', '  Memories are not in it; they are read again from git.'))
}
