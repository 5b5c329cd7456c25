import { expect, test } from 'vitest'
import { rememberRepository } from '../../fixtures/memory.ts'
import { createWorkshop, type Workshop } from './workshop.ts'

/** A rewrite that was made: which commits became which, and how it is counted. */
interface Made {
  readonly kind: string
  readonly isSquash: boolean
  readonly links: readonly { from: string; to: string }[]
}

/** Makes one rewrite; `look` lets memory see what is there in between. */
type Script = (bench: Bench, topic: readonly string[], look: () => Promise<void>) => Promise<Made>

const rewritesPerSeed = 30
/** Each makes a history of its own; `AIOS_REWRITE_SEEDS=4` gives the figures of docs/benchmarks.md. */
const seeds = Number(process.env['AIOS_REWRITE_SEEDS'] ?? 1)

test.each(Array.from({ length: seeds }, (_, index) => index + 1))(
  'of many rewrites almost all are found again, and none in the wrong place (seed %i)',
  async (seed) => {
    const bench = createBench(seed)
    const memory = await rememberRepository(bench.shop.path)
    const look = () => memory.remembered.settled()
    const tally = { clean: 0, cleanFound: 0, squashed: 0, squashedFound: 0 }
    const missed: string[] = []
    const wrong: unknown[] = []

    for (let turn = 0; turn < rewritesPerSeed; turn += 1) {
      const script = scripts[turn % scripts.length]
      const topic = bench.startTopic()
      await look()
      const seen = memory.rewrites().length
      const made = (await script?.(bench, topic, look)) ?? { kind: 'none', isSquash: false, links: [] }
      await look()
      const found = memory.rewrites().slice(seen)
      const right = found.filter(({ from, to }) =>
        made.links.some((link) => link.from === from && link.to === to),
      )
      wrong.push(...found.filter((one) => !right.includes(one)).map((one) => ({ kind: made.kind, ...one })))
      tally[made.isSquash ? 'squashed' : 'clean'] += made.links.length
      tally[made.isSquash ? 'squashedFound' : 'cleanFound'] += right.length
      if (right.length < made.links.length)
        missed.push(`${made.kind}: ${right.length} of ${made.links.length}`)
      bench.finishTopic()
    }

    // Compared as one value, so that a failure shows every figure and what was missed.
    expect({ ...tally, missed, wrong }).toEqual({
      ...tally,
      cleanFound: atLeast(0.99, tally.clean),
      squashedFound: atLeast(0.85, tally.squashed),
      missed: expect.any(Array),
      wrong: [],
    })
    expect(tally.clean).toBeGreaterThan(rewritesPerSeed)
    expect(tally.squashed).toBeGreaterThan(rewritesPerSeed / 4)
  },
  240_000,
)

function atLeast(share: number, of: number): unknown {
  return expect.toSatisfy((found: number) => found >= share * of, `at least ${share} of ${of}`)
}

const scripts: readonly Script[] = [
  async ({ shop }, topic) => {
    shop.at(['commit', '--quiet', '--amend', '-m', 'said in other words'])
    return clean('amended message', topic.slice(-1), [shop.head()])
  },
  async ({ shop, edit }, topic) => {
    edit('topic')
    shop.at(['commit', '--quiet', '--all', '--amend', '--no-edit'])
    return clean('amended content', topic.slice(-1), [shop.head()])
  },
  async ({ shop, editAgain }, topic) => {
    editAgain(topic.at(-1) ?? '')
    shop.at(['commit', '--quiet', '--all', '--amend', '-m', 'another idea'])
    return clean('amended both', topic.slice(-1), [shop.head()])
  },
  async ({ shop, moveMain }, topic) => {
    moveMain()
    shop.at(['rebase', '--quiet', 'main', 'topic'])
    return clean('rebased', topic, shop.commits('main..topic'))
  },
  async ({ shop }, topic) => {
    shop.at(['rebase', '--quiet', '-i', 'main'], { GIT_SEQUENCE_EDITOR: `sed -i -e '1{h;d}' -e '2{G}'` })
    const made = shop.commits('main..topic')
    return clean('reordered', [topic[1] ?? '', topic[0] ?? '', ...topic.slice(2)], made)
  },
  async ({ shop }, topic) => {
    shop.at(['rebase', '--quiet', '-i', 'main'], {
      GIT_SEQUENCE_EDITOR: `sed -i -e '1s/^pick/reword/'`,
      GIT_EDITOR: `sed -i -e '1s/^/reworded: /'`,
    })
    return clean('reworded', topic, shop.commits('main..topic'))
  },
  async ({ shop }, topic) => {
    const args = ['filter-branch', '-f', '--msg-filter', 'sed s/^/area:\\ /', 'main..topic']
    shop.at(args, { FILTER_BRANCH_SQUELCH_WARNING: '1' })
    shop.git('update-ref', '-d', 'refs/original/refs/heads/topic')
    return clean('filtered', topic, shop.commits('main..topic'))
  },
  async ({ shop, moveMain }, topic, look) => {
    moveMain()
    shop.git('checkout', '--quiet', 'main')
    shop.at(['cherry-pick', 'main..topic'])
    await look()
    shop.git('branch', '-D', 'topic')
    return clean('picked', topic, shop.commits(`HEAD~${topic.length}..HEAD`))
  },
  async ({ shop }, topic, look) => {
    shop.git('reset', '--quiet', '--hard', 'HEAD~1')
    await look()
    shop.git('reset', '--quiet', '--hard', topic.at(-1) ?? '')
    await look()
    shop.git('reset', '--quiet', '--hard', 'HEAD~2')
    return clean('taken back', [], [])
  },
  async ({ shop }, topic, look) => {
    shop.git('checkout', '--quiet', 'main')
    shop.git('merge', '--quiet', '--squash', 'topic')
    const into = shop.work('everything at once')
    await look()
    shop.git('branch', '-D', 'topic')
    return squashed('squashed here', topic, into)
  },
  async ({ shop, moveMain, squashOnServer }, topic, look) => {
    moveMain()
    const into = squashOnServer()
    await look()
    shop.git('branch', '-D', 'topic')
    return squashed('squashed there, then deleted', topic, into)
  },
  async ({ shop, moveMain, squashOnServer }, topic, look) => {
    moveMain()
    const into = squashOnServer(() => {
      shop.git('branch', '-D', 'topic')
    })
    await look()
    return squashed('deleted as it was squashed there', topic, into)
  },
]

function clean(kind: string, from: readonly string[], to: readonly string[]): Made {
  const links = from.map((oid, index) => ({ from: oid, to: to[index] ?? '' }))
  return { kind, isSquash: false, links: links.filter((link) => link.from !== link.to) }
}

function squashed(kind: string, from: readonly string[], to: string): Made {
  return { kind, isSquash: true, links: from.map((oid) => ({ from: oid, to })) }
}

/** A repository whose files are edited at random, the same way for the same seed. */
interface Bench {
  readonly shop: Workshop
  /** Makes a branch of two to five commits from main. */
  readonly startTopic: () => string[]
  /** Leaves the branch where it is and goes back to main. */
  readonly finishTopic: () => void
  /** Adds commits to main in the lower half of the files that the branch edits in the upper one. */
  readonly moveMain: () => void
  /** Changes a line of a file. */
  readonly edit: (by: 'main' | 'topic') => void
  /** Changes one more line of a file that the commit touched. */
  readonly editAgain: (commit: string) => void
  /** Puts the branch on main as one commit, as a server does, and returns it. */
  readonly squashOnServer: (meanwhile?: () => void) => string
}

const fileNames = Array.from({ length: 6 }, (_, index) => `src/file${index}.txt`)
const linesPerFile = 240

function createBench(seed: number): Bench {
  const random = createRandom(seed)
  const shop = createWorkshop()
  const contents = (): Record<string, string> =>
    Object.fromEntries(
      fileNames.map((name) => [name, text(Array.from({ length: linesPerFile }, () => word()))]),
    )
  const word = (): string => `word ${random(100_000)}`
  shop.work('base', contents())
  let topics = 0

  function editFile(name: string, by: 'main' | 'topic'): void {
    const lines = shop.git('show', `HEAD:${name}`).split('\n')
    const half = Math.floor(lines.length / 2)
    const at = by === 'topic' ? random(half - 10) : half + 10 + random(half - 12)
    lines.splice(at, random(2), ...Array.from({ length: 1 + random(3) }, word))
    shop.write(name, text(lines))
  }
  const edit: Bench['edit'] = (by) => editFile(fileNames[random(fileNames.length)] ?? '', by)

  function commitSome(count: number, by: 'main' | 'topic'): void {
    for (let index = 0; index < count; index += 1) {
      for (let edits = 0; edits <= random(2); edits += 1) edit(by)
      // A script commits several times in a second, and people repeat themselves.
      shop.pass(random(5) === 0 ? 0 : 1 + random(5000))
      shop.work(random(6) === 0 ? 'work in progress' : `${by} ${word()}`)
    }
  }

  return {
    shop,
    edit,
    editAgain(commit) {
      const [path = ''] = shop.git('show', '--format=', '--name-only', commit).split('\n')
      editFile(path, 'topic')
    },
    startTopic() {
      shop.pass(60)
      topics += 1
      shop.git('checkout', '--quiet', '-b', 'topic', 'main')
      commitSome(2 + random(4), 'topic')
      return shop.commits('main..topic')
    },
    finishTopic() {
      shop.git('checkout', '--quiet', 'main')
      const isThere = shop.git('branch', '--list', 'topic') !== ''
      if (isThere) shop.git('branch', '-m', 'topic', `topic-${topics}`)
    },
    moveMain() {
      shop.git('checkout', '--quiet', 'main')
      commitSome(1 + random(3), 'main')
      shop.git('checkout', '--quiet', 'topic')
    },
    squashOnServer(meanwhile = () => {}) {
      shop.git('checkout', '--quiet', '--detach', 'main')
      shop.git('merge', '--quiet', '--squash', 'topic')
      meanwhile()
      shop.pass(600)
      const title = `Work of many days (#${topics})`
      const args = ['-c', 'user.name=Server', 'commit', '--quiet', '-m', title]
      shop.at(args, { GIT_COMMITTER_NAME: 'Server', GIT_COMMITTER_EMAIL: 'server@example.com' })
      const into = shop.head()
      shop.git('branch', '--force', 'main', into)
      shop.git('checkout', '--quiet', 'main')
      return into
    },
  }
}

function text(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`
}

/** Mulberry32: returns whole numbers from 0 up to, and without, the limit. */
function createRandom(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }
}
