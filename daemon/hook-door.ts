import { AiosError } from '../contract/errors.ts'
import type { GitHook, HookNotice, HooksAnswer, QuestionHook } from '../contract/hook-routes.ts'
import type { Answers } from '../contract/route.ts'
import type { routes } from '../contract/routes.ts'
import type { Problem } from '../contract/status.ts'
import type { Git } from './git/git.ts'
import type { Repository } from './git/repository.ts'
import { type IndexPlace, readStagedFiles } from './git/staged-files.ts'
import type { HeldRepository } from './held-repository.ts'
import { answerHook, type AskListeners } from './hooks/ask.ts'
import { hangSign, hooksFolder, type DoorSign } from './hooks/door.ts'
import { createGitHooks, type GitHooks } from './hooks/hooks.ts'
import { dataOf, passOn, type Noticed } from './hooks/notice.ts'
import { openSpool } from './hooks/spool.ts'
import { rememberingStaged } from './hooks/staged-memo.ts'
import type { Repositories } from './repositories.ts'

/** What the door for git's hooks is made of. */
export interface HookDoorParts {
  readonly git: Git | undefined
  readonly repositories: Repositories
  /** The state folder: the sign hangs in it, and shims leave their notices there. */
  readonly state: string
  readonly socket: string
  readonly ask: AskListeners
  /** Tells those who listen to a hook that only tells; what they make of it is not waited for. */
  readonly tell: (hook: GitHook, data: unknown) => void
  /** What a question that nobody answers ends with: the user's to say, and nobody else's. */
  readonly unanswered: () => 'allow' | 'deny'
  readonly onError: (error: unknown) => void
}

type HookRoute = 'hooksStatus' | 'installHooks' | 'uninstallHooks' | 'askHook' | 'notifyHook'

/** What git's hooks meet of the daemon. */
export interface HookDoor {
  readonly answers: Pick<Answers<typeof routes>, HookRoute>
  /** Says which questions have listeners; in force for the shims before this returns. */
  listens(hooks: readonly QuestionHook[]): void
  /** Tells the shims what a question that nobody answers ends with now. */
  refresh(): void
  /** Begins to be found by shims, and to read what they left. */
  open(): void
  /** Returns what is wrong with the hooks of a repository, for the doctor. */
  problems(held: HeldRepository): Promise<Problem[]>
  close(): Promise<void>
}

/** What a shim waits for an answer; the daemon gives up a little earlier, and says so. */
const shimSeconds = 5
const deadlineMs = 4_500

/** Creates the door. Until `listens` is called, no shim asks. */
export function createHookDoor(parts: HookDoorParts): HookDoor {
  const { git, repositories, state, onError } = parts
  const folder = hooksFolder(state)
  const readStaged =
    git && rememberingStaged((place, signal) => stagedIn(heldAt(place), git, place, signal), Date.now)
  const hooks = createGitHooks({ shim: { folder, seconds: shimSeconds } })
  let listens: readonly QuestionHook[] = []
  let isOpen = false
  let spool: ReturnType<typeof openSpool> | undefined
  const hang = () => hangSign(folder, { ...signOf(parts, isOpen), listens })
  const heldAt = ({ commonDir }: Pick<HeldRepository['registration'], 'commonDir'>) =>
    repositories.list().find(({ registration }) => registration.commonDir === commonDir)
  const notices = {
    find: (folders: Parameters<typeof heldAt>[0]) => noticedBy(heldAt(folders), parts),
    all: () => repositories.list().flatMap((held) => noticedBy(held, parts) ?? []),
  }
  const onNotice = (notice: HookNotice) => void passOn(notice, notices).catch(onError)

  return {
    answers: {
      ...managing(hooks, repositories),
      askHook: (question, signal) =>
        answerHook(
          question,
          {
            ...parts,
            unanswered: parts.unanswered(),
            deadlineMs,
            readStaged,
            repositoryOf: (folders) => heldAt(folders)?.registration.id,
          },
          signal,
        ),
      notifyHook: async (notice) => ({ noticed: await passOn(notice, notices) }),
    },
    listens(names) {
      listens = names
      if (isOpen) hang()
    },
    refresh() {
      if (isOpen) hang()
    },
    open() {
      isOpen = true
      // On a full disk hooks find no sign, or an old one, and commits go on; so does the daemon.
      try {
        hang()
        spool = openSpool({ folder, onError, onNotice })
      } catch (error) {
        onError(error)
      }
    },
    problems: (held) => problemsIn(held, hooks),
    async close() {
      await spool?.close()
      isOpen = false
      hang()
    },
  }
}

/** A repository that is open has git at hand; for another, and for an index that names no tree, git is started. */
async function stagedIn(held: HeldRepository | undefined, git: Git, place: IndexPlace, signal: AbortSignal) {
  const known = await held?.current()?.staged.read(place, signal)
  return known ?? readStagedFiles(git, place, signal)
}

/** A daemon that is closed leaves no socket to knock at. */
function signOf({ socket, unanswered }: HookDoorParts, isOpen: boolean): Omit<DoorSign, 'listens'> {
  const listening = isOpen ? { socket, pid: process.pid } : {}
  return { ...listening, unanswered: unanswered() }
}

function managing(
  hooks: GitHooks,
  repositories: Repositories,
): Pick<Answers<typeof routes>, 'hooksStatus' | 'installHooks' | 'uninstallHooks'> {
  const act = async (name: string, of: keyof GitHooks, signal: AbortSignal): Promise<HooksAnswer> => {
    const { held, worktree } = await repositories.findPlace(name)
    const repository = worktree ?? (await held.open()).repository
    return { repository: held.registration.id, ...(await hooks[of](repository, signal)) }
  }
  return {
    hooksStatus: ({ repository }, signal) => act(repository, 'status', signal),
    installHooks: ({ repository }, signal) => act(repository, 'install', signal),
    uninstallHooks: ({ repository }, signal) => act(repository, 'uninstall', signal),
  }
}

/** A repository that cannot be opened now looks at its refs when it can be. */
function noticedBy(held: HeldRepository | undefined, { onError, tell }: HookDoorParts): Noticed | undefined {
  if (held === undefined) return undefined
  const { id, path } = held.registration
  return {
    notice(rewritten) {
      held.open().then(
        ({ remembered }) => remembered.hear(rewritten),
        (error: unknown) => {
          if (!(error instanceof AiosError)) onError(error)
        },
      )
    },
    tell(notice, root = path) {
      tell(notice.hook, dataOf(notice, { repository: id, root }))
    },
  }
}

async function problemsIn(held: HeldRepository, hooks: GitHooks): Promise<Problem[]> {
  const repository = await openOf(held)
  if (repository === undefined) return []
  const { hooks: found } = await hooks.status(repository, AbortSignal.timeout(10_000))
  const wrong = found.filter(({ state }) => state === 'displaced' || state === 'outdated')
  if (wrong.length === 0) return []
  const names = wrong.map(({ hook, state }) => `${hook} (${state})`).join(', ')
  return [
    {
      code: 'hooks.displaced',
      repository: held.registration.id,
      message: `aios was installed in hooks and is not called any more as it should be: ${names}.`,
      hint: `Run \`aios hooks install\` in ${held.registration.path}.`,
    },
  ]
}

async function openOf(held: HeldRepository): Promise<Repository | undefined> {
  return held.open().then(
    ({ repository }) => (repository.git === undefined ? undefined : repository),
    () => undefined,
  )
}
