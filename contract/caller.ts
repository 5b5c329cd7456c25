/** The roles. Each may do what the ones before it may. */
export const roles = ['reader', 'writer', 'approver', 'admin'] as const

/** Who may call a route. */
export type Role = (typeof roles)[number]

/** Who asks for something, and through which door. */
export interface Caller {
  readonly role: Role
  /** `owner`, the name of a user, or what a paired browser is called. */
  readonly name: string
  readonly door: 'socket' | 'http' | 'ws' | 'mcp'
}

/** Whoever may open the socket: the file system has seen to it that this is the user who started the daemon. */
export const owner: Caller = { role: 'admin', name: 'owner', door: 'socket' }

/** Says whether the caller may do what needs this role. */
export function may({ role }: Pick<Caller, 'role'>, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed)
}

/** Something that was decided about somebody, for the audit log. Carries no secret. */
export interface Decision {
  readonly kind: 'login' | 'command'
  /** The name of the caller; where it is from when nobody knows who it is. */
  readonly actor: string
  /** What it was about: a route by its name, or the way of logging in. */
  readonly subject: string
  readonly decision: 'allowed' | 'refused' | 'failed'
  readonly detail?: string
}
