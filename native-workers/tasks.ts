import { createDigester, type Digested } from './digest.ts'
import { createUntrainedTable, type EncodeSettings, type Table } from './learned-encode.ts'
import { loadWeights } from './load-weights.ts'
import type { Order } from './messages.ts'
import { createTrainedTable } from './trained-table.ts'

let digester: { readonly name: string; readonly digest: ReturnType<typeof createDigester> } | undefined

/** Digests texts in a thread of the pool; what it learned of terms in one task saves time in the next. */
export default async function digest({ texts, settings }: Order): Promise<Digested> {
  const name = nameOf(settings)
  if (digester?.name === name) return digester.digest(texts)
  const fresh = createDigester(await tableFor(settings))
  digester = { name, digest: fresh }
  return fresh(texts)
}

function nameOf({ dimensions, seed, weights }: EncodeSettings): string {
  return `${dimensions}-${seed}-${weights?.hash ?? 'untrained'}`
}

async function tableFor(settings: EncodeSettings): Promise<Table> {
  if (settings.weights === undefined) return createUntrainedTable(settings)
  const weights = await loadWeights(settings.weights)
  if (weights !== undefined) return createTrainedTable(weights)
  throw new Error(`the weights ${settings.weights.hash} are missing or damaged`)
}
