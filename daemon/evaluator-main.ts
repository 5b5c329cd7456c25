import { constants, setPriority } from 'node:os'
import process from 'node:process'
import { AiosError } from '../contract/errors.ts'
import { evaluate } from './evaluation/evaluate.ts'
import { type Assignment, isAssignment, type Notice } from './evaluator-messages.ts'
import { createGit } from './git/git.ts'
import { openRepository } from './git/repository.ts'

// The evaluator's process: measures once, below everybody who asks, and ends with the daemon or when it is told.

setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
const ending = new AbortController()
process.on('SIGINT', () => {})
process.on('SIGTERM', () => ending.abort(new Error('The evaluation was ended.')))
process.on('disconnect', () => process.exit(0))
process.once('message', (message) => {
  if (isAssignment(message)) void work(message)
})

async function work(assignment: Assignment): Promise<void> {
  const { id, path, order, config, scratch, folder, workersEntry, trainerEntry } = assignment
  try {
    const repository = await openRepository(path, createGit())
    const entries = { workersEntry: new URL(workersEntry), trainerEntry: new URL(trainerEntry) }
    const parts = { id, repository, config, scratch, folder, ...entries }
    const report = await evaluate(order, parts, (news) => say({ kind: 'news', news }), ending.signal)
    say({ kind: 'news', news: { type: 'report', report } })
  } catch (error) {
    const expected = error instanceof AiosError ? error : undefined
    const message =
      error instanceof Error ? (expected?.message ?? error.stack ?? error.message) : String(error)
    say({ kind: 'failed', code: expected?.code ?? 'internal', message })
  }
  process.disconnect()
}

function say(notice: Notice): void {
  if (process.connected) process.send?.(notice)
}
