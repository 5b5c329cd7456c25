import { extname } from 'node:path'
import { AiosError } from '../contract/errors.ts'
import { stateFolders } from '../contract/state.ts'
import { startDaemon } from './daemon.ts'
import { endProcess } from './end-process.ts'

// The daemon's process: starts it, and ends it when it is told to.

const stopping = Promise.withResolvers<string>()
process.once('SIGTERM', () => stopping.resolve('SIGTERM'))
process.once('SIGINT', () => stopping.resolve('SIGINT'))

// Whatever fails behind the scenes fails alone: the questions of others are still answered.
process.on('unhandledRejection', (reason) => console.error('a failure was not handled:', reason))

try {
  const daemon = await startDaemon({
    folders: stateFolders(process.env),
    environment: process.env,
    workersEntry: new URL(`../native-workers/main${extname(import.meta.filename)}`, import.meta.url),
    trainerEntry: new URL(`../native-workers/trainer-main${extname(import.meta.filename)}`, import.meta.url),
    copierEntry: new URL(`./copier-main${extname(import.meta.filename)}`, import.meta.url),
    evaluatorEntry: new URL(`./evaluator-main${extname(import.meta.filename)}`, import.meta.url),
    now: Date.now,
    onStop: stopping.resolve,
  })
  await daemon.close(await stopping.promise)
} catch (error) {
  console.error(error instanceof AiosError ? `${error.message}\n${error.kind.hint}` : error)
  process.exitCode = error instanceof AiosError ? error.kind.exit : 1
}
endProcess()
