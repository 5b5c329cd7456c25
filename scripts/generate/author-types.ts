import { hooks, isHookName } from '../../contract/hooks.ts'
import { authorTypes } from '../../plugins/author-types.ts'

/** Returns the types of every hook that has a name of its own, for the authors of plugins. */
export function authorTypesPage(): string {
  return authorTypes(Object.keys(hooks).filter(isHookName))
}
