import { AiosError } from '../contract/errors.ts'
import { hostCalls, isHostCall, type HostCallDescription } from '../contract/host-calls.ts'
import type { HostCall } from '../contract/plugin.ts'
import { hostAnswers, type Asker } from './host-answers.ts'
import type { PluginPort } from './port.ts'
import type { SandboxCall } from './sandbox.ts'
import { hostFailureText } from './sandbox-text.ts'

/** Answers what plugins ask of the daemon: what was allowed, of the right form, neither too much nor too often. */
export interface Broker {
  /** Returns what answers one call of a plugin, and what it has answered so far. */
  serve(asker: Asker): Served
}

/** One call’s answers. */
export interface Served {
  readonly host: SandboxCall['host']
  readonly transcript: readonly HostCall[]
  /** Whether the transcript holds everything that was answered. */
  isWhole(): boolean
}

const mostArgumentCharacters = 2 * 2 ** 20
const mostAnswerCharacters = 4 * 2 ** 20
const mostKeptCharacters = 512 * 1024
const minuteMs = 60_000

/** Creates the broker. */
export function createBroker(port: PluginPort, now: () => number): Broker {
  const answers = hostAnswers(port)
  const mayAsk = createRates(now)

  async function answer(name: string, args: string, asker: Asker, signal: AbortSignal): Promise<string> {
    if (!isHostCall(name)) throw new AiosError('plugin.refused', 'There is no such host call.')
    const { permission, perMinute }: HostCallDescription = hostCalls[name]
    if (permission !== undefined && !asker.permissions.some((one) => one.name === permission))
      throw new AiosError('plugin.refused', `${name} needs the permission ${permission}.`)
    if (args.length > mostArgumentCharacters)
      throw new AiosError('plugin.limit', `${name} was given too much.`)
    if (!mayAsk(`${asker.plugin}\n${name}`, perMinute))
      throw new AiosError('plugin.limit', `${name} is asked more than ${perMinute} times a minute.`)
    const text = JSON.stringify((await answers[name](listOf(args), asker, signal)) ?? null)
    if (text.length > mostAnswerCharacters)
      throw new AiosError('plugin.limit', `The answer of ${name} is too long.`)
    return text
  }

  return {
    serve(asker) {
      const transcript: HostCall[] = []
      let kept = 0
      const keep = (call: HostCall) => {
        kept += call.args.length + call.text.length
        if (kept <= mostKeptCharacters) transcript.push(call)
      }
      return {
        transcript,
        isWhole: () => kept <= mostKeptCharacters,
        async host(name, args, signal) {
          try {
            const text = await answer(name, args, asker, signal)
            keep({ name, args, isAnswered: true, text })
            return text
          } catch (error) {
            keep({ name, args, isAnswered: false, text: hostFailureText(error) })
            throw error
          }
        },
      }
    },
  }
}

/** Returns what says whether somebody may do something once more this minute. */
function createRates(now: () => number): (key: string, perMinute: number) => boolean {
  const counts = new Map<string, number>()
  let minute = 0
  return (key, perMinute) => {
    const current = Math.floor(now() / minuteMs)
    if (current !== minute) counts.clear()
    minute = current
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    return count <= perMinute
  }
}

function listOf(text: string): readonly unknown[] {
  const value: unknown = JSON.parse(text)
  return Array.isArray(value) ? value : []
}
