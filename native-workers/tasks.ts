import { createDigester, type Digested } from './digest.ts'
import type { EncodeSettings } from './learned-encode.ts'
import type { Order } from './messages.ts'

let digester: { readonly name: string; readonly digest: ReturnType<typeof createDigester> } | undefined

/** Digests texts in a thread of the pool; what it learned of terms in one task saves time in the next. */
export default function digest({ texts, settings }: Order): Promise<Digested> {
  const name = nameOf(settings)
  if (digester?.name !== name) digester = { name, digest: createDigester(settings) }
  return digester.digest(texts)
}

function nameOf({ dimensions, seed }: EncodeSettings): string {
  return `${dimensions}-${seed}`
}
