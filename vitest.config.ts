import { availableParallelism } from 'node:os'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { defineConfig } from 'vitest/config'

/** Begins with the tests that take longest, so that none of them is left alone at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) =>
      /\/(faults|scenarios)\/|scripted-rewrites/.test(moduleId)
    const sorted = await super.sort(files)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

/** They start no daemon and leave nothing behind, so one process after the other is not worth its start. */
const together = ['test/unit/**/*.test.ts', 'test/http/**/*.test.ts', 'test/ws/**/*.test.ts']
const all = ['test/**/*.test.ts']

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'apart', include: all, exclude: together } },
      { extends: true, test: { name: 'together', include: together, isolate: false } },
    ],
    pool: 'forks',
    // More than there are cores on a small machine: most of the tests wait for processes.
    maxWorkers: Math.max(5, availableParallelism() - 1),
    sequence: { sequencer: LongestFirst },
    globalSetup: 'test/prepare.ts',
    setupFiles: ['test/setup.ts'],
    // For what hangs, not for what is slow on a loaded machine.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Named, because vitest would otherwise choose one by who runs it; this one ends with the count.
    reporters: ['default'],
  },
})
