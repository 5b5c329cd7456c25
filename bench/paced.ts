import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Route } from '../contract/route.ts'
import { quantile } from './report.ts'

/** One request of a load. */
export interface Call {
  readonly method: Route['method']
  readonly url: string
  readonly headers: Record<string, string>
  readonly body?: string
}

/** What a load felt. */
export interface Felt {
  readonly sent: number
  /** Requests that were refused at once, because more came than can be answered; the times are those of the others. */
  readonly refused: number
  /** Other requests that were not answered with 2xx. */
  readonly failed: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/**
 * Sends requests at even distances, whether or not the ones before were answered, as many callers would who know
 * nothing of each other. A latency counts from when its request was due.
 */
export async function paced(
  perSecond: number,
  seconds: number,
  call: (number: number) => Call,
): Promise<Felt> {
  const agent = new Agent({ keepAlive: true, maxSockets: 200 })
  const began = performance.now()
  const answers: Promise<{ ms: number; status: number }>[] = []
  for (let number = 0; number < perSecond * seconds; number += 1) {
    const due = began + (number * 1000) / perSecond
    const early = due - performance.now()
    if (early > 0) await sleep(early)
    answers.push(send(call(number), agent).then((status) => ({ ms: performance.now() - due, status })))
  }
  const felt = await Promise.all(answers)
  agent.destroy()
  const admitted = felt.filter(({ status }) => status !== 429 && status !== 503)
  const ms = admitted.map((one) => one.ms)
  return {
    sent: felt.length,
    refused: felt.length - admitted.length,
    failed: admitted.filter(({ status }) => status === 0 || status >= 300).length,
    p50: quantile(ms, 0.5),
    p99: quantile(ms, 0.99),
    max: quantile(ms, 1),
  }
}

/** Returns the status of the answer; 0 when none came. */
function send({ method, url, headers, body }: Call, agent: Agent): Promise<number> {
  return new Promise((resolve) => {
    const sent = request(url, { method, headers, agent }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
      response.on('error', () => resolve(0))
    })
    sent.on('error', () => resolve(0))
    sent.end(body)
  })
}
