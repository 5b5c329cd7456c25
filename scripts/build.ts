import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { rolldown } from 'rolldown'

/**
 * Bundles the programs into `dist/`. A command loads one file instead of the hundred that typebox and
 * commander are made of, which is most of what `aios recall` would otherwise take.
 *
 * Shared code lands in `dist/chunks/`, one folder deep like the entries, so that addresses relative to
 * `import.meta.url` mean the same in source and here.
 */
const root = join(import.meta.dirname, '..')

const entries = {
  'cli/main': join(root, 'cli/main.ts'),
  'daemon/main': join(root, 'daemon/main.ts'),
  'daemon/restore-main': join(root, 'daemon/restore-main.ts'),
  'daemon/copier-main': join(root, 'daemon/copier-main.ts'),
  'daemon/evaluator-main': join(root, 'daemon/evaluator-main.ts'),
  'native-workers/main': join(root, 'native-workers/main.ts'),
  'native-workers/tasks': join(root, 'native-workers/tasks.ts'),
  'native-workers/secret-tasks': join(root, 'native-workers/secret-tasks.ts'),
  'plugins/host/main': join(root, 'plugins/host/main.ts'),
  'native-workers/trainer-main': join(root, 'native-workers/trainer-main.ts'),
}

/** Pure JavaScript that is always needed; everything else stays a package, loaded where it is used. */
const bundled = /^(typebox|commander|yaml|picomatch|zod|@modelcontextprotocol\/(?:server|core))(\/|$)/

await rm(join(root, 'dist'), { recursive: true, force: true })
const build = await rolldown({
  input: entries,
  cwd: root,
  platform: 'node',
  external: (id) => !/^[./\0]/.test(id) && !bundled.test(id),
})
await build.write({
  dir: join(root, 'dist'),
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name]-[hash].js',
})
await build.close()

// What is run in the sandbox is read as it is written.
await cp(join(root, 'plugins/bundled'), join(root, 'dist/plugins/bundled'), { recursive: true })
