import { constants, setPriority } from 'node:os'
import process from 'node:process'
import { keepCheckpoint, nameOfTraining, readCheckpoint } from './checkpoint.ts'
import { writeDurably } from './durable-file.ts'
import { createLessonBook, type LessonBook } from './lessons.ts'
import { hashOfWeights, packWeights } from './trained-table.ts'
import { allEpochs, train } from './train.ts'
import { checkpointFile, weightsFile } from './trainer-files.ts'
import {
  type Assignment,
  isAssignment,
  type Notice,
  type Result,
  type TaughtSettings,
  type Trained,
} from './trainer-messages.ts'

const reportMemoryMs = 500

/** Does what the daemon asks for, one after the other, until the daemon closes the channel, or dies. */
export function serveTraining(): void {
  // Below those who read, who are below those who ask: nobody waits for a training.
  setPriority(constants.priority.PRIORITY_LOW)
  const pupil = createPupil((done, total) => say({ kind: 'progress', done, total }))
  let last: Promise<void> = Promise.resolve()

  process.on('message', (message) => {
    if (!isAssignment(message)) return
    const { id, work } = message
    last = last.then(() => answer(id, pupil(work)))
  })
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => {})
  process.on('disconnect', () => process.exit(0))
  const weigh = () => say({ kind: 'memory', rssBytes: process.memoryUsage.rss() })
  weigh()
  setInterval(weigh, reportMemoryMs)
}

async function answer(id: number, work: Promise<Result>): Promise<void> {
  try {
    say({ kind: 'done', id, result: await work })
  } catch (error) {
    say({ kind: 'failed', id, reason: String(error) })
  }
}

function say(notice: Notice): void {
  if (process.connected) process.send?.(notice)
}

/** Creates who takes lessons, and learns. */
function createPupil(onProgress: (done: number, total: number) => void) {
  let book: LessonBook | undefined = createLessonBook()

  return async (work: Assignment): Promise<Result> => {
    switch (work.kind) {
      case 'messages':
        book?.addMessages(work.oids, work.messages)
        return undefined
      case 'passages':
        book?.addPassages(work.oids, work.ordinals, work.terms)
        return undefined
      case 'train': {
        const lessons = (book ?? createLessonBook()).lessons()
        book = undefined
        return learn(lessons, work.settings, work.folder, onProgress)
      }
    }
  }
}

async function learn(
  lessons: ReturnType<LessonBook['lessons']>,
  settings: TaughtSettings,
  folder: string,
  onProgress: (done: number, total: number) => void,
): Promise<Trained> {
  const { count, subjects } = lessons
  if (new Set(subjects).size < settings.trainFrom) {
    return { hash: undefined, commits: count, resumed: 0 }
  }
  const path = checkpointFile(folder)
  const name = nameOfTraining(settings, lessons.fingerprint)
  const from = await readCheckpoint(path, name, settings.dimensions)
  onProgress(from?.epochs ?? 0, allEpochs)
  const model = await train(lessons, settings, from, async (progressed) => {
    await keepCheckpoint(path, name, progressed)
    onProgress(progressed.epochs, allEpochs)
  })
  const bytes = packWeights(model)
  const hash = hashOfWeights(bytes)
  await writeDurably(weightsFile(folder, hash), [bytes])
  return { hash, commits: lessons.count, resumed: from?.epochs ?? 0 }
}
