import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { questionRoutes } from '../../contract/question-routes.ts'
import { repositoryRoutes } from '../../contract/repository-routes.ts'
import { createPlace, writeHistory, type Place } from './place.ts'

let place: Place
beforeEach(() => {
  place = createPlace()
})
afterEach(() => place.clear())

test('what is begun again under a question is called neither closed nor damaged', async () => {
  writeHistory(place, 'main', 30)
  place.git('checkout', '--quiet', 'main')
  const { environment, asked, goOn } = gitThatWaits('blame')
  const daemon = await place.daemon(environment)
  const { client } = daemon
  const { repository } = await client.call(repositoryRoutes.addRepository, { path: place.repository })
  await daemon.until(({ state, complete }) => state === 'ready' && complete === 30)

  const question = { repository: repository.id, path: 'notes/3.txt', line: 2 }
  const answered = client.call(questionRoutes.why, question).catch((error: unknown) => error)
  while (!existsSync(asked)) await sleep(10)
  await client.call(repositoryRoutes.reindexRepository, { repository: repository.id })
  writeFileSync(goOn, '')
  expect(await answered).toMatchObject({ code: 'daemon.busy' })
  expect(await client.call(questionRoutes.why, question)).toMatchObject({ file: 'notes/3.txt' })
  expect((await daemon.end('SIGTERM')).code).toBe(0)
}, 30_000)

test('a repository whose git does not answer is told of beside all others', async () => {
  writeHistory(place, 'main', 3)
  const { environment, asked, goOn } = gitThatWaits('symbolic-ref')
  writeFileSync(goOn, '')
  const daemon = await place.daemon(environment)
  await daemon.client.call(repositoryRoutes.addRepository, { path: place.repository })
  await daemon.until(({ state, complete }) => state === 'ready' && complete === 3)

  rmSync(goOn)
  rmSync(asked, { force: true })
  place.git('commit', '--quiet', '--allow-empty', '-m', 'what moves HEAD')
  const hanging = await daemon.until(({ problem }) => problem !== undefined)
  expect(hanging).toMatchObject({ id: expect.any(String), state: 'failed' })
  expect(hanging.problem).toContain(`does not answer in ${place.repository}`)
  expect(existsSync(asked)).toBe(true)
  writeFileSync(goOn, '')
  await daemon.until(({ state, problem, episodes }) => state === 'ready' && episodes === 4 && !problem)
}, 30_000)

/** Returns an environment whose git says when it is asked for the command, and waits until it may. */
function gitThatWaits(command: string): { environment: NodeJS.ProcessEnv; asked: string; goOn: string } {
  const [bin, asked, goOn] = ['bin', 'asked', 'go-on'].map((name) => join(place.home, name))
  if (bin === undefined || asked === undefined || goOn === undefined) throw new Error('No place.')
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()
  mkdirSync(bin)
  writeFileSync(
    join(bin, 'git'),
    `#!/bin/sh
case " $* " in *' ${command} '*) touch '${asked}'; until [ -e '${goOn}' ]; do sleep 0.02; done ;; esac
exec '${real}' "$@"
`,
  )
  chmodSync(join(bin, 'git'), 0o755)
  const path = [bin, process.env['PATH'] ?? ''].join(delimiter)
  return { environment: { ...place.environment, PATH: path }, asked, goOn }
}
