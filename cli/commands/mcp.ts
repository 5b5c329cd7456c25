import { command } from '../command.ts'
import { items } from '../outcome.ts'

export default command({
  name: 'mcp',
  summary: 'speak MCP on standard input and output; `aios connect` tells coding agents to start it',

  async run(context) {
    const { folders, environment, mayStart, warn, directory, signal } = context
    const [{ serveMcp }, { version }] = await Promise.all([
      import('../mcp-stdio.ts'),
      import('../version.ts'),
    ])
    const ground = { reach: { folders, environment, mayStart, warn }, directory, version: version() }
    const onError = ({ message }: Error): void => {
      if (context.verbosity === 'verbose') context.warn(message)
    }
    await serveMcp(ground, onError, signal)
    return items(nothing(), () => {})
  },
})

/** What is printed would be read as a message of the protocol. */
async function* nothing(): AsyncGenerator<never> {}
