import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeDurably } from '../native-workers/durable-file.ts'
import type { TrainingNotes } from './memory/teaching.ts'

/** Keeps notes beside the weights. With them, weights and trainings that are no longer needed are removed. */
export function trainingNotesIn(folder: string, hashOf: (id: string) => string | undefined): TrainingNotes {
  const file = join(folder, 'trained.json')
  return {
    async learnable(embedder) {
      const kept = parse(await readFile(file, 'utf8').catch(() => ''))
      if (typeof kept !== 'object' || kept === null || !('embedder' in kept) || !('learnable' in kept))
        return 0
      return kept.embedder === embedder && typeof kept.learnable === 'number' ? kept.learnable : 0
    },
    async keep(embedder, learnable) {
      await writeDurably(file, [Buffer.from(`${JSON.stringify({ embedder, learnable })}\n`)])
    },
    async tidy(embedder) {
      for (const name of await readdir(folder)) {
        if (name !== 'trained.json' && name !== `${hashOf(embedder)}.table`) await rm(join(folder, name))
      }
    },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
