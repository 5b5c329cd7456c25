import { resolve } from 'node:path'
import { command } from '../command.ts'
import { answer } from '../outcome.ts'
import { printRegistered, register } from '../register.ts'

export default command({
  name: 'init',
  summary: 'register a repository and remember its history',
  arguments: [{ name: '[path]', summary: 'any path in the repository; here when absent' }],
  examples: ['aios init', 'aios init ~/projects/tide'],

  async run(context, [path = '.']) {
    const client = await context.connect()
    return answer('init', await register(resolve(context.directory, path), client, context), printRegistered)
  },
})
