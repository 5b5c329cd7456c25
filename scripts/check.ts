/** Runs every check that is not a test, all of them even when one fails, and says which failed. */
import { spawn } from 'node:child_process'

const folders = 'contract daemon plugins native-workers cli test scripts bench bin'

const checks = {
  format: 'oxfmt --check --no-error-on-unmatched-pattern .',
  lint: `oxlint --type-aware --deny-warnings ${folders}`,
  types: 'tsc -p tsconfig.json',
  layers: 'vitest run test/architecture.test.ts',
  'dead code': 'knip',
  'dead code in production': 'knip --production',
  'generated docs': 'node scripts/generate.ts --check',
  'lock file': 'node scripts/complete-lockfile.ts --check',
}

const results = await Promise.all(Object.entries(checks).map(([name, command]) => run(name, command)))
for (const { name, output, passed, seconds } of results) {
  if (!passed) console.log(`\n--- ${name}\n${output.trim()}\n`)
  console.log(`${passed ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`)
}
process.exitCode = results.every(({ passed }) => passed) ? 0 : 1

interface Result {
  readonly name: string
  readonly output: string
  readonly passed: boolean
  readonly seconds: string
}

function run(name: string, command: string): Promise<Result> {
  const start = performance.now()
  const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  child.stdout.on('data', (data: Buffer) => (output += data.toString()))
  child.stderr.on('data', (data: Buffer) => (output += data.toString()))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      const seconds = ((performance.now() - start) / 1000).toFixed(1)
      resolve({ name, output, passed: code === 0, seconds })
    })
  })
}
