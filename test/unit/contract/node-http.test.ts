import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')

test.each(['cli/client.ts', 'daemon/http/server.ts', 'daemon/ws/door.ts', 'plugins/fetch.ts'])(
  '%s speaks HTTP without loading undici',
  (path) => {
    const script = `await import(${JSON.stringify(join(root, path))}); console.log(process.moduleLoadList.join())`
    const loaded = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
    })
    expect(loaded).toContain('NativeModule http')
    expect(loaded).not.toContain('undici/undici')
  },
)
