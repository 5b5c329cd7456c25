import { join } from 'node:path'
import { AiosError } from '../contract/errors.ts'
import { stateFolders } from '../contract/state.ts'
import { openAudit } from './audit/audit.ts'
import { restoreBackup, verifyBackup } from './backup/restore.ts'
import { claim } from './http/claim.ts'
import { takeLock } from './lock.ts'

// Looks through an archive (`verify FILE`) or puts it in the place of the state (`restore FILE`), while no daemon
// runs. Says in one line of JSON what came of it.

const [act = '', path = ''] = process.argv.slice(2)
const folders = stateFolders(process.env)
const interruption = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => interruption.abort(new AiosError('command.interrupted', 'Interrupted.')))
}

try {
  say({ answer: act === 'verify' ? await verifyBackup(path, interruption.signal) : await restore() })
} catch (error) {
  const { code, message } =
    error instanceof AiosError
      ? error
      : new AiosError('internal', error instanceof Error ? (error.stack ?? error.message) : String(error))
  say({ problem: { code, message } })
}

async function restore() {
  const letGo = takeLock(join(folders.state, 'daemon.lock'))
  try {
    return await restoreBackup(path, { folders, prepare, now: Date.now }, interruption.signal)
  } finally {
    letGo()
  }
}

/** Whoever wants to start a daemon waits until all is in its place; the chain tells that it was put back. */
function prepare(state: string): void {
  const held = claim(join(state, 'daemon.lock'))
  process.once('exit', () => held?.release())
  const onTrouble = (error: unknown) => console.error(error)
  const audit = openAudit({ file: join(state, 'audit.ndjson'), now: Date.now, onTrouble })
  audit.record({ kind: 'state.restored', actor: 'user', subject: 'state', decision: 'restored' })
  audit.close()
}

function say(outcome: object): void {
  process.stdout.write(`${JSON.stringify(outcome)}\n`)
}
