import { AiosError } from '../contract/errors.ts'
import { nearest } from '../contract/nearest.ts'
import type { Answers } from '../contract/route.ts'
import type { toolRoutes } from '../contract/tool-routes.ts'
import { isToolName, tools } from '../contract/tools.ts'
import { createTools, type ToolSources } from './mcp/tools.ts'
import { loadTokenCounter } from './memory/tokens.ts'

/** Returns what answers coding agents: made of the answers that every door gives, behind the same hooks. */
export function answersToAgents(answers: () => ToolSources): Answers<typeof toolRoutes> {
  const answering = createTools({ answers, countTokens: loadTokenCounter })
  return {
    async callTool({ tool, arguments: given, directory }, signal) {
      if (!isToolName(tool)) throw noSuchTool(tool)
      return answering.call(tool, { arguments: given, directory }, signal)
    },
    episodeText: async ({ oid, repository }, signal) => ({
      text: await answering.episode(oid, repository, signal),
    }),
  }
}

function noSuchTool(name: string): AiosError {
  const known = Object.keys(tools)
  const meant = nearest(name, known)
  const suggestion = meant === undefined ? `; there are ${known.join(', ')}.` : `; did you mean \`${meant}\`?`
  return new AiosError('request.invalid', `There is no tool \`${name}\`${suggestion}`)
}
