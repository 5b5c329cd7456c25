import { existsSync, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readSources } from './sources.ts'

test('what is public is what test/surface.txt says', async () => {
  const surface = [...contractNames(), ...(await routes()), ...commands()]
  expect(surface.length).toBeGreaterThan(20)
  await expect(`${surface.join('\n')}\n`).toMatchFileSnapshot('surface.txt')
})

function contractNames(): string[] {
  return readSources(['contract']).flatMap(({ path, exports }) =>
    exports.map(({ name, isType }) => `${path} ${isType ? 'type ' : ''}${name}`).toSorted(),
  )
}

/** Returns `route GET /v1/status` for everything in the contract that has a method and a path. */
async function routes(): Promise<string[]> {
  const found = new Set<string>()
  for (const { path } of readSources(['contract'])) {
    const names: Record<string, unknown> = await import(`../${path}`)
    for (const value of Object.values(names)) {
      for (const candidate of [value, ...membersOf(value)]) {
        if (isRoute(candidate)) found.add(`route ${candidate.method} ${candidate.path}`)
      }
    }
  }
  return [...found].toSorted()
}

function membersOf(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : []
}

function isRoute(value: unknown): value is { readonly method: string; readonly path: string } {
  if (typeof value !== 'object' || value === null || !('method' in value) || !('path' in value)) return false
  return typeof value.method === 'string' && typeof value.path === 'string'
}

/** Returns a line for each file of `cli/commands`, each of which is a command or a group of them. */
function commands(): string[] {
  if (!existsSync('cli/commands')) return []
  return readdirSync('cli/commands')
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `command aios ${name.slice(0, -'.ts'.length)}`)
    .toSorted()
}
