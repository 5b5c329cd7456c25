import { accessSync, constants, existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { AiosError } from '../../contract/errors.ts'
import { nearest } from '../../contract/nearest.ts'
import type { Context } from '../command.ts'
import { ownProgram } from '../program.ts'
import { agents, type Agent, type Place } from './agents.ts'
import type { ChangeParts } from './change.ts'
import { openConnections } from './connections.ts'

/** Returns where settings lie, and what they are changed with. */
export function groundOf({ environment, directory, folders }: Context): { place: Place; parts: ChangeParts } {
  const home = environment['AIOS_HOME'] ?? ''
  return {
    place: {
      home: environment['HOME'] ?? homedir(),
      project: topOf(directory),
      environment,
      platform: process.platform,
    },
    parts: {
      program: ownProgram(),
      environment: home === '' ? {} : { AIOS_HOME: resolve(home) },
      connections: openConnections(join(folders.state, 'agents.json')),
    },
  }
}

/** Returns the agent of that name. */
export function agentNamed(id: string): Agent {
  const found = agents.find((agent) => agent.id === id)
  if (found !== undefined) return found
  const meant = nearest(
    id,
    agents.map((agent) => agent.id),
  )
  const suggestion = meant === undefined ? '' : ` Did you mean \`${meant}\`?`
  throw new AiosError('agent.unknown', `aios knows no agent \`${id}\`.${suggestion}`)
}

/** Says whether the agent is on this machine: its program, or what it leaves in a home. */
export function isHere(agent: Agent, place: Place): boolean {
  const folders = (place.environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  return (
    agent.traces(place).some((path) => existsSync(path)) ||
    folders.some((folder) => isProgram(join(folder, agent.program)))
  )
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Returns the top of the project: the folder around this one that git knows; else this one. */
function topOf(directory: string): string {
  for (let folder = directory; ; folder = resolve(folder, '..')) {
    if (existsSync(join(folder, '.git'))) return folder
    if (folder === resolve(folder, '..')) return directory
  }
}
