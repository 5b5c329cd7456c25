import { createCheck } from '../../contract/check.ts'
import { hookOf, resultOf, templateOf, type HookInput, type HookName } from '../../contract/hooks.ts'
import type { Rules } from './hook-run.ts'

/** Made when a hook is first heard; hooks are few, and schemas take a while to be made fast. */
const made = new Map<string, Rules>()

/** Returns the rules that the contract sets for a hook. */
export function rulesOf(name: HookName): Rules {
  const template = templateOf(name) ?? name
  const known = made.get(template)
  if (known !== undefined) return known
  const hook = hookOf(name)
  const rules = { hook, input: createCheck(hook.input), result: createCheck(resultOf(hook)) }
  made.set(template, rules)
  return rules
}

/** Says whether a value is what the listeners of a hook are given. */
export function isInputOf<N extends HookName>(name: N, value: unknown): value is HookInput<N> {
  return rulesOf(name).input.accepts(value)
}
