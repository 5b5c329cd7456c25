import { constants, setPriority } from 'node:os'
import process from 'node:process'
import { AiosError } from '../contract/errors.ts'
import { loadWeights } from '../native-workers/load-weights.ts'
import { encodeTerms } from '../native-workers/trained-table.ts'
import { type CopyAssignment, type CopyOutcome, isCopyAssignment } from './copier-messages.ts'
import { copyPassages } from './store/copy-passages.ts'
import { storeError } from './store/lance-errors.ts'

// The copier's process: copies passages once, below everybody who asks, and ends with the daemon.

// Set before the native library has threads, for they inherit it.
setPriority(constants.priority.PRIORITY_LOW)
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('disconnect', () => process.exit(0))
process.once('message', (message) => {
  if (isCopyAssignment(message)) void work(message)
})

async function work({ order, weights: place }: CopyAssignment): Promise<void> {
  try {
    const weights = await loadWeights(place)
    if (weights === undefined)
      throw new AiosError('embedder.broken', 'What was learned could not be read back.')
    const encode = async (terms: readonly string[]) => encodeTerms(terms, weights)
    await copyPassages(order, encode, new AbortController().signal)
    say({ kind: 'done' })
  } catch (error) {
    const { code, message } = storeError(error, order.folder)
    say({ kind: 'failed', code, message })
  }
  process.disconnect()
}

function say(outcome: CopyOutcome): void {
  if (process.connected) process.send?.(outcome)
}
