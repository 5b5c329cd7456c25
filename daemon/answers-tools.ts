import type { Answers } from '../contract/route.ts'
import type { toolRoutes } from '../contract/tool-routes.ts'
import { createTools, type ToolSources } from './mcp/tools.ts'
import { loadTokenCounter } from './memory/tokens.ts'

/** Returns what answers coding agents: made of the answers that every door gives, behind the same hooks. */
export function answersToAgents(answers: () => ToolSources): Answers<typeof toolRoutes> {
  const tools = createTools({ answers, countTokens: loadTokenCounter })
  return {
    callTool: ({ tool, arguments: given, directory }, signal) =>
      tools.call(tool, { arguments: given, directory }, signal),
    episodeText: async ({ oid, repository }, signal) => ({
      text: await tools.episode(oid, repository, signal),
    }),
  }
}
