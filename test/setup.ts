/**
 * Gives every test file a home of its own, so that no test sees the machine it runs on, or another test.
 *
 * Child processes inherit all of it through the environment.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import module from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

const folders = process.env['TEST_FOLDERS'] ?? tmpdir()
const home = realpathSync(mkdtempSync(join(folders, 'test-')))
const compileCache = process.env['TEST_COMPILED'] ?? folder('compiled')
const gitConfig = join(home, '.gitconfig')

for (const name of Object.keys(process.env)) {
  if (/^(GIT|XDG|AIOS)_(?!FAULT_ROUNDS|REWRITE_SEEDS)/.test(name)) delete process.env[name]
}

Object.assign(process.env, {
  HOME: home,
  USERPROFILE: home,
  TMPDIR: folder('tmp'),
  XDG_CONFIG_HOME: folder('.config'),
  XDG_CACHE_HOME: folder('.cache'),
  XDG_DATA_HOME: folder('.local/share'),
  XDG_STATE_HOME: folder('.local/state'),
  XDG_RUNTIME_DIR: folder('run'),
  AIOS_HOME: folder('aios'),
  GIT_CONFIG_GLOBAL: gitConfig,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ada Author',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Carl Committer',
  GIT_COMMITTER_EMAIL: 'carl@example.com',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C.UTF-8',
  NO_COLOR: '1',
  TZ: 'UTC',
  // What was compiled is the same for every process of every test.
  NODE_COMPILE_CACHE: compileCache,
})
module.enableCompileCache(compileCache)
delete process.env['FORCE_COLOR']
writeFileSync(gitConfig, '[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n')

// A warning is something nobody decided to accept: thrown here, it fails the test run. Other files may have run here.
process.removeAllListeners('warning')
process.on('warning', (warning) => {
  throw warning
})

afterAll(() => {
  rmSync(home, { recursive: true, force: true, maxRetries: 3 })
})

function folder(name: string): string {
  const path = join(home, name)
  mkdirSync(path, { recursive: true, mode: 0o700 })
  return path
}
