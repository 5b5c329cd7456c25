import type { ParsedCommit } from './commit-assembler.ts'
import { createDiffParser, marker } from './diff-parser.ts'
import type { Git, GitOptions } from './git.ts'
import { diffArguments } from './settings.ts'
import { endWhenSilent } from './silence.ts'

/** What a held-open `diff-tree` is to print of each commit. */
export interface DiffKind {
  readonly format: string
  /** NUL-separated fields of the format. */
  readonly fields: number
  /** Options such as `-p`, `-M` or `--cc`. */
  readonly options: readonly string[]
  readonly maxHunkBytes: number
  /** For how long it may say nothing while somebody waits, in milliseconds; absent where nobody does. */
  readonly silentMs?: number
}

/** What came back for some commits; with a failure, only the commits before it. */
export interface DiffAnswer {
  readonly commits: readonly ParsedCommit[]
  readonly failure?: string
}

/** A held-open `diff-tree --stdin`. */
export interface DiffProcess {
  /** Asks for commits; several questions may be under way, and are answered in their order. */
  ask(oids: readonly string[]): Promise<DiffAnswer>
  /** Whether the process can still be asked. */
  isAlive(): boolean
  /** Lets it end once it has answered what it was asked. */
  finish(): void
  /** Ends it at once. */
  close(): void
}

interface Question {
  commits: ParsedCommit[]
  answer(answer: DiffAnswer): void
}

/** Starts a `diff-tree` that answers until it is closed, meets a broken object or is killed. */
export function openDiffProcess(git: Git, kind: DiffKind, where: GitOptions): DiffProcess {
  const process = git.start(['diff-tree', ...diffTreeArguments(kind)], where)
  const questions: Question[] = []
  let alive = true

  const parse = createDiffParser({
    fields: kind.fields,
    maxHunkBytes: kind.maxHunkBytes,
    onCommit: (commit) => void questions[0]?.commits.push(commit),
    onMarker() {
      const question = questions.shift()
      question?.answer({ commits: question.commits })
    },
  })

  process.stdout.on('data', parse)
  const { silentMs } = kind
  const silence =
    silentMs === undefined ? undefined : endWhenSilent(process, () => questions.length > 0, silentMs)
  void process.ended.then(({ code, stderr }) => {
    alive = false
    const failure = stderr.trim().split('\n').at(-1) || `git ended with code ${code}`
    for (const question of questions.splice(0)) question.answer({ commits: question.commits, failure })
  })

  return {
    ask(oids) {
      if (!alive) return Promise.resolve({ commits: [], failure: 'git has ended' })
      return new Promise((answer) => {
        questions.push({ commits: [], answer })
        silence?.asked()
        process.stdin.write(`${oids.join('\n')}\n${marker}`)
      })
    },
    isAlive: () => alive,
    finish() {
      alive = false
      process.stdin.end()
    },
    close() {
      alive = false
      process.kill()
    },
  }
}

function diffTreeArguments({ format, options }: DiffKind): string[] {
  const shape = ['--stdin', '--root', '--always', '-r', '-z', '--raw', '--no-abbrev']
  return [
    ...shape,
    '--encoding=UTF-8',
    '--date=raw',
    `--format=tformat:${format}`,
    ...diffArguments,
    ...options,
  ]
}
