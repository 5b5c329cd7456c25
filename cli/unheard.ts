import type { ConfigAnswer } from '../contract/config-answer.ts'
import { daemonRoutes } from '../contract/daemon-routes.ts'
import { variableOf } from '../contract/variable.ts'
import type { Client } from './client.ts'
import type { Context } from './command.ts'

/**
 * Says of each variable that sets a setting here and not in the daemon that the daemon goes on without it.
 *
 * A daemon has the variables of whoever started it, perhaps weeks ago and in another shell.
 */
export async function warnOfUnheard(client: Client, { environment, warn }: Context): Promise<void> {
  const isSet = Object.keys(environment).some((name) => name.startsWith('AIOS_'))
  if (!isSet) return
  const names = unheardIn(environment, await client.call(daemonRoutes.config, {}))
  if (names.length === 0) return
  const [what, go] = names.length === 1 ? ['is', 'it'] : ['are', 'them']
  warn(
    `${names.join(', ')} ${what} set here, but the daemon runs without ${go}. Run \`aios daemon restart\` from here, or use \`aios config set\`.`,
  )
}

/** Returns the variables that would change a setting if the daemon had them. */
function unheardIn(environment: NodeJS.ProcessEnv, { settings }: ConfigAnswer): string[] {
  return settings.flatMap(({ key, value, origin }) => {
    const name = variableOf(key)
    const wanted = environment[name]
    if (wanted === undefined || wanted === '') return []
    // A list can be written in many ways: of that only where it comes from is compared.
    const isHeard = Array.isArray(value) ? origin === name : wanted.trim() === inYaml(value)
    return isHeard ? [] : [name]
  })
}

function inYaml(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
