import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bench } from './bench.ts'

/** A rewrite that was made: what became what. */
export interface Made {
  readonly links: readonly { readonly from: string; readonly to: string }[]
}

/** A way to rewrite a branch. `look` lets memory see what is there in between. */
export interface Script {
  readonly name: string
  readonly isSquash: boolean
  /** Returns nothing when git could not do it, because changes clash. */
  rewrite(bench: Bench, topic: readonly string[], look: () => Promise<void>): Promise<Made | undefined>
}

/** What people and servers do to branches. */
export const scripts: readonly Script[] = [
  clean('amended message', async ({ clone: { git } }, topic) => {
    await git(['commit', '--quiet', '--no-verify', '--amend', '-m', 'said in other words'])
    return [topic.slice(-1), [await git(['rev-parse', 'HEAD'])]]
  }),
  clean('amended content', async ({ clone }, topic) => {
    const { git, repository } = clone
    const changed = await git(['diff', '--name-only', '--diff-filter=AM', 'HEAD~1', 'HEAD'])
    const [path] = changed.split('\n').filter((name) => name !== '' && !name.startsWith('"'))
    if (path === undefined) return undefined
    await appendFile(join(repository.root, path), 'one more line\n')
    await git(['commit', '--quiet', '--no-verify', '--all', '--amend', '--no-edit'])
    return [topic.slice(-1), [await git(['rev-parse', 'HEAD'])]]
  }),
  clean('rebased', async ({ clone: { tries }, moveMain, commitsOf }, topic) => {
    await moveMain()
    if (!(await tries(['rebase', '--quiet', 'main', 'topic']))) return undefined
    return [topic, await commitsOf('main..topic')]
  }),
  clean('reworded and pushed by force', async (bench, topic) => {
    const { git } = bench.clone
    await git(['update-ref', 'refs/remotes/origin/topic', 'topic'])
    const told = await retold(bench, topic)
    await git(['checkout', '--quiet', 'main'])
    await git(['branch', '-D', 'topic'])
    await git(['update-ref', 'refs/remotes/origin/topic', told.at(-1) ?? 'main'])
    return [topic, told]
  }),
  clean('filtered', async (bench, topic) => {
    const told = await retold(bench, topic)
    await bench.clone.git(['reset', '--quiet', '--hard', told.at(-1) ?? 'HEAD'])
    return [topic, told]
  }),
  squash('squashed here', async ({ clone: { git, tries } }, look) => {
    await git(['checkout', '--quiet', 'main'])
    if (!(await tries(['merge', '--quiet', '--squash', 'topic']))) return undefined
    await git(['commit', '--quiet', '--no-verify', '-m', 'everything at once'])
    const into = await git(['rev-parse', 'HEAD'])
    await look()
    await git(['branch', '-D', 'topic'])
    return into
  }),
  squash('squashed on a server', async ({ clone, moveMain }, look) => {
    const { git, tries } = clone
    await moveMain()
    await git(['checkout', '--quiet', '--detach', 'main'])
    if (!(await tries(['merge', '--quiet', '--squash', 'topic']))) return undefined
    clone.pass(600)
    const server = { GIT_AUTHOR_NAME: 'Server', GIT_COMMITTER_EMAIL: 'server@example.com' }
    await git(['commit', '--quiet', '--no-verify', '-m', 'Work of many days (#1)'], server)
    const into = await git(['rev-parse', 'HEAD'])
    await git(['branch', '--force', 'main', into])
    await git(['checkout', '--quiet', 'main'])
    await look()
    await git(['branch', '-D', 'topic'])
    return into
  }),
]

type Pair = readonly [from: readonly string[], to: readonly string[]]

function clean(
  name: string,
  act: (bench: Bench, topic: readonly string[]) => Promise<Pair | undefined>,
): Script {
  return {
    name,
    isSquash: false,
    async rewrite(bench, topic) {
      const [from, to] = (await act(bench, topic)) ?? []
      // A commit that became empty was dropped, and what came of the others cannot be told by their order.
      if (from === undefined || to === undefined || from.length !== to.length) return undefined
      const links = from.map((oid, index) => ({ from: oid, to: to[index] ?? '' }))
      return { links: links.filter((link) => link.from !== link.to) }
    },
  }
}

function squash(
  name: string,
  act: (bench: Bench, look: () => Promise<void>) => Promise<string | undefined>,
): Script {
  return {
    name,
    isSquash: true,
    async rewrite(bench, topic, look) {
      const into = await act(bench, look)
      return into === undefined ? undefined : { links: topic.map((from) => ({ from, to: into })) }
    },
  }
}

/** Makes the same commits with other messages, as a filter over history does. */
async function retold({ clone: { git } }: Bench, topic: readonly string[]): Promise<string[]> {
  const told: string[] = []
  for (const oid of topic) {
    const [name = '', email = '', date = '', parent = ''] = (
      await git(['log', '-1', '--format=%an%n%ae%n%ad%n%P', '--date=raw', oid])
    ).split('\n')
    const message = `area: ${await git(['log', '-1', '--format=%B', oid])}`
    const author = { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_AUTHOR_DATE: date }
    const args = ['commit-tree', `${oid}^{tree}`, '-p', told.at(-1) ?? parent, '-m', message]
    told.push(await git(args, author))
  }
  return told
}
