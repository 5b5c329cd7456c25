import { repositoryRoutes } from '../contract/repository-routes.ts'
import type { BenchDaemon } from './daemon.ts'

/** Registers a repository and waits until all of it is remembered. Returns its id. */
export async function remember({ client }: BenchDaemon, path: string): Promise<string> {
  const { repository } = await client.call(repositoryRoutes.addRepository, { path })
  return repository.id
}
