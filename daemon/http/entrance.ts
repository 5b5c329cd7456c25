import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Caller, type Decision, may, owner, type Role } from '../../contract/caller.ts'
import { AiosError } from '../../contract/errors.ts'
import type { Cost } from '../../contract/route.ts'
import { WaitError } from '../../contract/wait-error.ts'
import type { Guard } from '../guard/guard.ts'
import { knockOf } from './knock.ts'
import { cutWhenUnwelcome } from './stay.ts'

/** What a route says of those whom it answers. */
export interface Admission {
  readonly role: Role
  readonly cost: Cost
  /** Whether strangers are answered too. */
  readonly isOpen?: boolean
  /** Whether it is a page that a browser may look at with its cookie alone. */
  readonly isPage?: boolean
}

declare module 'fastify' {
  interface FastifyContextConfig {
    readonly admission?: Admission
    /** What the audit log calls it. */
    readonly subject?: string
  }
  interface FastifyRequest {
    /** Who asks; nothing where strangers are answered and one asks. */
    caller: Caller | null
  }
}

/** What stands at a door. */
export interface EntranceParts {
  /** Absent at the socket, which only its owner can open. */
  readonly guard?: Guard
  /** Told who did, or was kept from doing, what. */
  readonly onDecision?: (decision: Decision) => void
  /** How often it is looked whether whoever reads a stream may still do so, in milliseconds. */
  readonly recheckMs?: number
}

const usualRecheckMs = 30_000

/** Lets nobody pass who may not, before a byte of a body is read. What has no route needs a reader. */
export function guardEntrance(app: FastifyInstance, parts: EntranceParts): void {
  const { guard, onDecision, recheckMs = usualRecheckMs } = parts
  app.decorateRequest('caller', null)
  if (onDecision !== undefined) reportDecisions(app, onDecision)
  app.addHook('onRequest', async (request, reply) => {
    await enter(request, reply, guard)
    const { caller, routeOptions } = request
    if (guard === undefined || caller === null || routeOptions.config.isStream !== true) return
    cutWhenUnwelcome(request, reply, guard, caller, recheckMs)
  })
}

/** Finds out who asks, and throws unless they may. */
export async function enter(
  request: FastifyRequest,
  reply: FastifyReply,
  guard: Guard | undefined,
): Promise<void> {
  if (guard === undefined) {
    request.caller = owner
    return
  }
  closeToBrowsers(reply)
  const { admission = unserved } = request.routeOptions.config
  try {
    const caller = await admit(request.raw, admission, guard)
    request.caller = caller ?? null
    if (caller !== undefined) checkRole(caller, admission)
  } catch (error) {
    if (error instanceof AiosError && error.kind.status === 401)
      void reply.header('www-authenticate', 'Bearer')
    throw error
  }
}

/** What is asked of those who ask for something that is not there. */
const unserved: Admission = { role: 'reader', cost: 'cheap' }

/** Returns who asks; undefined for a stranger who is answered too. Throws for whoever is not let in, or not now. */
export async function admit(
  request: IncomingMessage,
  { cost, isOpen = false, isPage = false }: Admission,
  guard: Guard,
): Promise<Caller | undefined> {
  const knock = knockOf(request)
  guard.inspect(knock)
  const caller = await guard.identify(knock, { isOpen, isPage }).catch((error: unknown) => {
    throwToWait(guard.wait(undefined, knock.peer, cost))
    throw error
  })
  throwToWait(guard.wait(caller, knock.peer, cost))
  return caller
}

function checkRole(caller: Caller, { role, isOpen = false }: Admission): void {
  if (isOpen || may(caller, role)) return
  throw new AiosError('auth.forbidden', `This needs the role ${role}; ${caller.name} is ${caller.role}.`)
}

/** Tells what was decided before the caller hears of it: all that needs an approver or more, and each refusal. */
function reportDecisions(app: FastifyInstance, onDecision: (decision: Decision) => void): void {
  app.addHook('onSend', async (request, reply) => {
    const { caller, method } = request
    const { admission, subject } = request.routeOptions.config
    if (caller === null || admission === undefined || subject === undefined) return
    const isWeighty = method !== 'GET' && may(admission, 'approver')
    const isRefused = reply.statusCode === 403
    if (!isWeighty && !isRefused) return
    const failed = isRefused ? 'refused' : 'failed'
    const decision = reply.statusCode < 400 ? 'allowed' : failed
    onDecision({ kind: 'command', actor: caller.name, subject, decision, detail: caller.door })
  })
}

function throwToWait(seconds: number): void {
  const whole = Math.ceil(seconds)
  if (whole > 0) throw new WaitError('request.too-many', `That was too often; wait ${whole} s.`, whole)
}

/** Whatever is answered is never a page, a script or a frame of somebody else's, and is kept nowhere. */
function closeToBrowsers(reply: FastifyReply): void {
  for (const [name, value] of closed) reply.raw.setHeader(name, value)
}

const closed = Object.entries({
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
})

/** Returns who asks; an error where a stranger was let in to what is for callers. */
export function callerOf({ caller }: FastifyRequest): Caller {
  if (caller === null) throw new AiosError('auth.required', 'This is answered to those who show a token.')
  return caller
}
