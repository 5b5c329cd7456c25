import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../../contract/caller.ts'
import type { Guard } from '../guard/guard.ts'
import { createPass } from '../guard/pass.ts'
import { knockOf } from './knock.ts'

/**
 * Cuts a stream off once its caller would not be let in any more: a token has ended, a user is gone.
 *
 * Whoever asks again hears why. A line about it would look like the end of what was asked for.
 */
export function cutWhenUnwelcome(
  { raw: request }: FastifyRequest,
  { raw: response }: FastifyReply,
  guard: Guard,
  caller: Caller,
  everyMs: number,
): void {
  const pass = createPass(guard, knockOf(request), caller)
  const timer = setInterval(() => {
    pass.check().catch(() => response.destroy())
  }, everyMs)
  timer.unref()
  response.once('close', () => clearInterval(timer))
}
