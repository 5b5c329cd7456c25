import { expect, test } from 'vitest'
import { busWith, committing, forever, listener } from './listeners.ts'

test.each(['**', 'src/**', 'src/*', '**/*.ts', 'src/pu*.ts', 'src/**/pump?.ts'])(
  'a path of two lines is a path to %s as well',
  async (glob) => {
    const bus = busWith()
    bus.register(
      'pre-commit',
      listener('one', () => ({ decision: 'deny' }), { filter: { paths: [glob] } }),
    )
    expect((await bus.run('pre-commit', committing('src/pump\n.ts'), forever)).decision).toBe('deny')
  },
)
