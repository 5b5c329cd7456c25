import type { Caller } from '../../contract/caller.ts'
import { AiosError } from '../../contract/errors.ts'
import type { Cost } from '../../contract/route.ts'
import type { Guard } from './guard.ts'
import type { Knock } from './origin.ts'

/** What the guard goes on to say of a caller whose connection stays open. */
export interface Pass {
  /** Fails once the caller would not be let in any more: a token was replaced, a session or a user is gone. */
  check(): Promise<void>
  /** Throws when the caller has asked too often. */
  spend(cost: Cost): void
}

/** Whoever came through the socket is its owner for as long as the connection lasts. */
export const ownerPass: Pass = { check: async () => {}, spend: () => {} }

/** Creates the pass of a caller who was let in with what they showed then. */
export function createPass(guard: Guard, knock: Knock, caller: Caller): Pass {
  return {
    async check() {
      await guard.identify(knock, { isOpen: false, isPage: false })
    },
    spend(cost) {
      const seconds = Math.ceil(guard.wait(caller, knock.peer, cost))
      if (seconds > 0) throw new AiosError('request.too-many', `That was too often; wait ${seconds} s.`)
    },
  }
}
