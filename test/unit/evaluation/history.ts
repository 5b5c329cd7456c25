import { createTestRepository, streamOf, type TestRepository } from '../../fixtures/git/test-repository.ts'

const things = [
  'harbour',
  'lantern',
  'anchor',
  'compass',
  'rudder',
  'keel',
  'mast',
  'hull',
  'beacon',
  'winch',
]
const doings = ['paint', 'mend', 'turn', 'lift', 'clean', 'weigh', 'polish', 'bind', 'light', 'oil']

/** Makes a history of so many commits in one line, each of two files that belong together, and of words of its own. */
export function createHistory(count: number): TestRepository {
  const repository = createTestRepository('--initial-branch=main')
  repository.fastImport(
    streamOf(
      Array.from({ length: count }, (_, at) => {
        const [thing = '', doing = ''] = [things[at % 10], doings[Math.floor(at / 10) % 10]]
        return {
          time: 1_700_000_000 + at * 60,
          message: `${doing} the ${thing} number${letters(at)}\n\nIt was due.\n`,
          files: {
            [`src/${thing}.ts`]: `export const ${doing}_${thing}_${letters(at)} = ${at}\n`,
            [`test/${thing}.ts`]: `check(${doing}_${thing}_${letters(at)})\n`,
          },
          ...(at === 0 ? {} : { parents: [at] }),
        }
      }),
    ),
  )
  repository.git('reset', '--quiet', '--hard', 'main')
  return repository
}

/** Returns a number in letters: the tokeniser knows no digits. */
function letters(value: number): string {
  return String(value).replace(/\d/g, (digit) => 'abcdefghij'[Number(digit)] ?? '')
}
