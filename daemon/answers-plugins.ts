import { resolve } from 'node:path'
import type { PluginStatus } from '../contract/plugin-answers.ts'
import type { pluginRoutes } from '../contract/plugin-routes.ts'
import type { Answers } from '../contract/route.ts'
import type { Plugins } from '../plugins/plugins.ts'
import { scaffoldPlugin } from '../plugins/scaffold.ts'
import { pageOf } from './pages/page.ts'
import type { Repositories } from './repositories.ts'

/** Returns what answers the routes about plugins. */
export function answersAboutPlugins(
  plugins: Plugins,
  repositories: Repositories,
): Answers<typeof pluginRoutes> {
  const idOf = async (name: string) => (await repositories.find(name)).registration.id
  /** Plugins are there outside of any repository as well. */
  const idIfAny = (name: string | undefined) =>
    name === undefined ? undefined : idOf(name).catch(() => undefined)
  const named = async <Input extends { readonly repository?: string }>(input: Input) => ({
    ...input,
    repository: await idIfAny(input.repository),
  })

  return {
    async plugins({ repository, ...wish }) {
      const { items, capabilities } = await plugins.list(await idIfAny(repository))
      return { ...pageOf({ name: 'plugins', items, keyOf: placeOf }, wish), capabilities }
    },
    plugin: async (input) => plugins.request(await named(input)),
    addPlugin: ({ path }) => plugins.add(resolve(path)),
    approvePlugin: async (input) => plugins.approve(await named(input)),
    async enablePlugin(input) {
      if (input.here === true && input.repository !== undefined) await idOf(input.repository)
      return plugins.enable(await named(input))
    },
    async disablePlugin(input) {
      if (input.here === true && input.repository !== undefined) await idOf(input.repository)
      return plugins.disable(await named(input))
    },
    removePlugin: async (input) => plugins.remove(await named(input)),
    testPlugin: async (input, signal) =>
      plugins.test({ ...(await named(input)), path: resolve(input.path) }, signal),
    replayPlugin: ({ call }, signal) => plugins.replay(call, signal),
    pluginLogs: async (input) => ({ items: await plugins.logs(await named(input), input.limit ?? 50) }),
    scaffoldPlugin: async ({ id, hook }) => ({ files: scaffoldPlugin(id, hook) }),
  }
}

const origins = { bundled: 0, user: 1, repository: 2 } satisfies Record<PluginStatus['origin'], number>

/** Plugins are listed by where they come from, and there by their folders. */
function placeOf({ origin, path, id }: PluginStatus): string {
  return [origins[origin], path, id].join('\0')
}
