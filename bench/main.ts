import { benchApi } from './api.ts'
import { benchBundled } from './bundled.ts'
import { benchFootprint } from './footprint.ts'
import { benchGates } from './gates.ts'
import { benchHooks } from './hooks.ts'
import { benchIngest } from './ingest.ts'
import { benchLatency } from './latency.ts'
import { benchLearning } from './learning.ts'
import { benchRecall } from './recall.ts'
import { benchMcp } from './mcp.ts'
import { machine } from './report.ts'
import { benchSandbox } from './sandbox.ts'
import { benchSubjects } from './subjects.ts'
import { benchTrain, benchTune } from './train.ts'
import { benchWhy } from './why.ts'
import { benchWs } from './ws.ts'

// `npm run bench -- NAME REPOSITORY`: measures on a real repository, and prints one JSON object a line.

const benches: Readonly<Record<string, (repository: string) => AsyncIterable<object>>> = {
  ingest: benchIngest,
  recall: benchRecall,
  subjects: benchSubjects,
  latency: benchLatency,
  why: benchWhy,
  api: benchApi,
  footprint: benchFootprint,
  hooks: benchHooks,
  sandbox: benchSandbox,
  bundled: benchBundled,
  gates: benchGates,
  learning: benchLearning,
  mcp: benchMcp,
  train: benchTrain,
  tune: benchTune,
  ws: benchWs,
}

// Some read no repository; any will do to say where the figures come from.
const [name = '', repository = ['sandbox', 'ws'].includes(name) ? '.' : undefined] = process.argv.slice(2)
const bench = benches[name]
if (bench === undefined || repository === undefined) {
  console.error(`Usage: npm run bench -- ${Object.keys(benches).join('|')} REPOSITORY`)
  process.exitCode = 2
} else {
  console.log(JSON.stringify({ bench: name, ...(await machine(repository)) }))
  for await (const row of bench(repository)) console.log(JSON.stringify({ bench: name, ...row }))
}
