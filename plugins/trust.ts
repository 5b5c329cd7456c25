import type { Permission } from '../contract/manifest.ts'
import type { Approval, PluginSetting } from '../contract/plugin.ts'
import type { FoundPlugin } from './discover.ts'

/** How a plugin stands with its user in one repository, or in all of them. */
export interface Standing {
  /** Empty for all repositories. */
  readonly scope: string
  readonly state: 'approved' | 'unapproved' | 'changed'
  readonly permissions: readonly Permission[]
  readonly approval?: Approval
  readonly setting?: PluginSetting
}

/**
 * Returns how a plugin stands wherever something of its own was decided, its own scope first.
 *
 * An approval is for bytes: whatever else is found under the same name is not approved. What came with aios is.
 */
export function standingsOf(
  found: FoundPlugin,
  approvals: readonly Approval[],
  settings: readonly PluginSetting[],
): Standing[] {
  const own = found.repository
  const isHere = (row: { readonly plugin: string; readonly repository: string }) =>
    row.plugin === found.id && (found.origin !== 'repository' || row.repository === own)
  const decided = [...approvals, ...settings].filter(isHere).map(({ repository }) => repository)
  return [...new Set([own, ...decided])].map((scope) => {
    const at = <Row extends { readonly plugin: string; readonly repository: string }>(rows: readonly Row[]) =>
      rows.find((row) => isHere(row) && row.repository === scope) ??
      rows.find((row) => isHere(row) && row.repository === own)
    const setting = at(settings)
    return { scope, ...trustIn(found, at(approvals)), ...(setting === undefined ? {} : { setting }) }
  })
}

function trustIn(
  { origin, folder }: FoundPlugin,
  approval: Approval | undefined,
): Pick<Standing, 'state' | 'permissions' | 'approval'> {
  if (origin === 'bundled') return { state: 'approved', permissions: folder?.manifest.permissions ?? [] }
  if (approval === undefined) return { state: 'unapproved', permissions: [] }
  if (approval.hash !== folder?.hash) return { state: 'changed', permissions: [], approval }
  return { state: 'approved', permissions: approval.permissions, approval }
}
