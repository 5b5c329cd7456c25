/** Writes every page that is made from the contract; with `--check`, writes nothing and fails when one is stale. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { openApi } from '../daemon/http/openapi.ts'
import { version } from '../daemon/version.ts'
import { authorTypesPage } from './generate/author-types.ts'
import { cliPage } from './generate/cli.ts'
import { repositorySchema, userSchema } from './generate/config-schema.ts'
import { configPage } from './generate/config.ts'
import { errorsPage } from './generate/errors.ts'
import { eventsPage } from './generate/events.ts'
import { hooksPage } from './generate/hooks.ts'
import { hostCallsPage } from './generate/host-calls.ts'
import { printJson } from './generate/json.ts'
import { pluginSchema } from './generate/plugin-schema.ts'
import { routesPage } from './generate/routes.ts'
import { webSocketPage } from './generate/web-socket.ts'

const pages: Record<string, string> = {
  'docs/reference/aios.d.ts': authorTypesPage(),
  'docs/reference/aiosrc.schema.json': repositorySchema(),
  'docs/reference/cli.md': await cliPage(),
  'docs/reference/config.md': configPage(),
  'docs/reference/config.schema.json': userSchema(),
  'docs/reference/errors.md': errorsPage(),
  'docs/reference/events.md': eventsPage(),
  'docs/reference/hooks.md': hooksPage(),
  'docs/reference/host-calls.md': hostCallsPage(),
  'docs/reference/openapi.json': printJson(openApi(version())),
  'docs/reference/plugin.schema.json': pluginSchema(),
  'docs/reference/routes.md': routesPage(),
  'docs/reference/websocket.md': webSocketPage(),
}

const stale = Object.entries(pages).filter(([path, page]) => readIfThere(path) !== page)

if (!process.argv.includes('--check')) {
  for (const [path, page] of stale) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, page)
    console.log(`Wrote ${path}.`)
  }
} else if (stale.length > 0) {
  console.error(
    `Stale: ${stale.map(([path]) => path).join(', ')}.\nRun \`npm run generate\` and commit the result.`,
  )
  process.exitCode = 1
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
