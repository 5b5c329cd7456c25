import Type from 'typebox'
import { RepositoryName } from './answers.ts'
import { route } from './route.ts'
import { ToolAnswer } from './tools.ts'

/** The routes that answer coding agents. `aios mcp` calls them; so may anybody who wants text for a model. */
export const toolRoutes = {
  callTool: route({
    method: 'POST',
    path: '/v1/tools/:tool',
    summary: 'Call a tool as a coding agent does over MCP: Markdown and data within a budget of tokens.',
    // Some tools write. Who may only read asks the routes of the questions, or `POST /mcp`, which looks at each tool.
    role: 'writer',
    cost: 'search',
    input: Type.Object({
      tool: Type.String({ minLength: 1, maxLength: 32, description: 'The name of a tool, as MCP lists it.' }),
      arguments: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
      directory: Type.Optional(
        Type.String({ maxLength: 4096, description: 'The repository that is meant when none is named.' }),
      ),
    }),
    reply: ToolAnswer,
  }),
  episodeText: route({
    method: 'GET',
    path: '/v1/episodes/:oid/text',
    summary: 'Show one remembered commit as Markdown for a model; without a repository, whichever has it.',
    role: 'reader',
    cost: 'search',
    input: Type.Object({
      oid: Type.String({ minLength: 4, maxLength: 64, description: 'An oid, or its beginning.' }),
      repository: Type.Optional(RepositoryName),
    }),
    reply: Type.Object({ text: Type.String() }),
  }),
} as const
