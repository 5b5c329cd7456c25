import { resolve } from 'node:path'
import { repositoryRoutes } from '../../contract/repository-routes.ts'
import type { RepositoryStatus } from '../../contract/status.ts'
import { command, group, type Context } from '../command.ts'
import { answer, type Outcome } from '../outcome.ts'
import { exitOf, printRegistered, register, type Registered, warnOf, watched } from '../register.ts'
import { repositoryName } from '../repository-name.ts'
import { printRepository } from '../status-lines.ts'
import { styled, type Terminal } from '../terminal.ts'

const repository = { name: '<repository>', summary: 'its id, or a path in it' }

const add = command({
  name: 'add',
  summary: 'register repositories and remember their history',
  arguments: [{ name: '<path...>', summary: 'any path in each repository' }],

  async run(context, paths) {
    const client = await context.connect()
    const added: Registered[] = []
    for (const path of paths) added.push(await register(resolve(context.directory, path), client, context))
    const print = ({ items }: { readonly items: readonly Registered[] }, terminal: Terminal): void => {
      for (const one of items) printRegistered(one, terminal)
    }
    return answer('repo-add', { items: added }, print, Math.max(...added.map(exitOf)))
  },
})

const list = command({
  name: 'list',
  summary: 'list the registered repositories',

  async run(context) {
    const client = await context.connect()
    const { items } = await client.call(repositoryRoutes.repositories, {})
    return answer('repo-list', { items }, printList)
  },
})

const remove = command({
  name: 'remove',
  summary: 'stop watching a repository; what is remembered of it stays',
  arguments: [repository],
  run: async (context, [named = '']) => leave(context, named, false),
})

const forget = command({
  name: 'forget',
  summary: 'stop watching a repository and delete everything remembered of it',
  arguments: [repository],
  run: async (context, [named = '']) => leave(context, named, true),
})

const reindex = command({
  name: 'reindex',
  summary: 'throw away what is remembered of a repository and read it again from git',
  arguments: [{ ...repository, name: '[repository]' }],

  async run(context, [named]) {
    const name = named === undefined ? context.repository : repositoryName(named, context.directory)
    const client = await context.connect()
    const status = await watched(repositoryRoutes.reindexRepository, { repository: name }, client, context)
    if (context.wantsJson) warnOf(status, context)
    return answer('repo-reindex', status, printRepository)
  },
})

export default group('repo', 'add, list and remove repositories', [add, list, remove, reindex, forget])

async function leave(context: Context, named: string, purge: boolean): Promise<Outcome> {
  const client = await context.connect()
  const name = repositoryName(named, context.directory)
  const left = await client.call(repositoryRoutes.forgetRepository, { repository: name, purge })
  return answer(purge ? 'repo-forget' : 'repo-remove', left, ({ id, purged }, terminal) => {
    const what = purged
      ? 'is forgotten.'
      : 'is not watched any more; its memory stays. `aios repo add` brings it back.'
    terminal.line(styled('bold', id), ` ${what}`)
  })
}

function printList({ items }: { readonly items: readonly RepositoryStatus[] }, terminal: Terminal): void {
  if (items.length === 0)
    terminal.line('No repository yet. Register one with ', styled('cyan', 'aios init'), '.')
  for (const one of items) printRepository(one, terminal)
}
