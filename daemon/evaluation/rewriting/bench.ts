import type { Clone } from './clone.ts'

/** Makes branches of real changes in a clone: each commit takes back one of its own, in its words. */
export interface Bench {
  readonly clone: Clone
  /** Makes the branch `topic` from main. Returns its commits, oldest first; fewer than asked for where they clash. */
  startTopic(count: number): Promise<string[]>
  /** Leaves the branch under another name, where it still is there. */
  finishTopic(): Promise<void>
  /** Adds a commit to main, and goes back to the branch. */
  moveMain(): Promise<void>
  commitsOf(range: string): Promise<string[]>
}

/** Attempts for each commit that is wanted: what was changed again since cannot be taken back. */
const attempts = 6

/** Creates a bench whose chance is the same for the same seed. */
export function createBench(clone: Clone, random: () => number): Bench {
  const { git, tries } = clone
  const left = [...clone.commits]
  let topics = 0

  async function takeBack(): Promise<boolean> {
    for (let attempt = 0; attempt < attempts && left.length > 0; attempt++) {
      const [oid = ''] = left.splice(Math.floor(random() * left.length), 1)
      clone.pass(1 + Math.floor(random() * 3000))
      if (await tries(['revert', '--no-commit', oid])) {
        const message = await git(['log', '-1', '--format=%B', oid])
        const isKept = await tries([
          'commit',
          '--quiet',
          '--no-verify',
          '-m',
          message === '' ? 'work' : message,
        ])
        if (isKept) return true
      }
      await tries(['revert', '--quit'])
      await git(['reset', '--quiet', '--hard', 'HEAD'])
    }
    return false
  }

  const commitsOf: Bench['commitsOf'] = async (range) =>
    (await git(['rev-list', '--reverse', range])).split('\n').filter((oid) => oid !== '')

  return {
    clone,
    commitsOf,
    async startTopic(count) {
      topics += 1
      await git(['checkout', '--quiet', '-B', 'topic', 'main'])
      for (let made = 0; made < count; made++) if (!(await takeBack())) break
      return commitsOf('main..topic')
    },
    async finishTopic() {
      await tries(['rebase', '--abort'])
      await tries(['merge', '--abort'])
      await git(['reset', '--quiet', '--hard', 'HEAD'])
      await git(['checkout', '--quiet', 'main'])
      await tries(['branch', '-m', 'topic', `topic-${topics}`])
    },
    async moveMain() {
      await git(['checkout', '--quiet', 'main'])
      await takeBack()
      await git(['checkout', '--quiet', 'topic'])
    },
  }
}
