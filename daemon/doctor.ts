import { constants } from 'node:fs'
import { access, statfs } from 'node:fs/promises'
import type { PluginStatus } from '../contract/plugin-answers.ts'
import type { Check, DoctorAnswer, Problem } from '../contract/status.ts'
import type { StateFolders } from '../contract/state.ts'
import type { Git } from './git/git.ts'
import type { HeldRepository } from './held-repository.ts'
import { journalLosses } from './journal-losses.ts'
import type { Repositories } from './repositories.ts'

/** What is looked at. */
export interface DoctorParts {
  readonly folders: StateFolders
  readonly repositories: Repositories
  readonly git: Git | undefined
  /** Returns what is wrong with the hooks of a repository. */
  readonly hookProblems: (held: HeldRepository) => Promise<Problem[]>
  /** The plugins that are there. */
  readonly plugins: () => Promise<{ readonly items: readonly PluginStatus[] }>
}

/** Less room than this and a store may not be able to rewrite its files. */
const leastBytes = 256 * 1024 * 1024
const oldestGit = [2, 31] as const

/** Looks for what is wrong; with `fix`, mends what can be mended without losing anything. */
export async function examine(parts: DoctorParts, fix: boolean): Promise<DoctorAnswer> {
  const checks = [
    checkNode(),
    await checkGit(parts.git),
    await checkState(parts.folders),
    await checkRoom(parts.folders),
    ...journalLosses(parts.folders.state, parts.repositories).map(({ message, hint }) => ({
      name: 'journal',
      ok: false,
      detail: message,
      hint,
    })),
    ...(await Promise.all(parts.repositories.list().map((held) => checkRepository(held, fix)))),
    ...(await Promise.all(parts.repositories.list().map((held) => checkHooks(held, parts)))).flat(),
    ...(await parts.plugins()).items.flatMap(checkPlugin),
  ]
  return { healthy: checks.every(({ ok }) => ok), checks }
}

function checkNode(): Check {
  return { name: 'node', ok: true, detail: `Node ${process.versions.node}` }
}

async function checkGit(git: Git | undefined): Promise<Check> {
  const hint = 'Install git 2.31 or newer and put it on PATH.'
  if (git === undefined) return { name: 'git', ok: false, detail: 'There is no git on PATH.', hint }
  const text = (await git.text(['--version'], { cwd: '/' })).trim()
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(text) ?? []
  const isNew =
    Number(major) > oldestGit[0] || (Number(major) === oldestGit[0] && Number(minor) >= oldestGit[1])
  return { name: 'git', ok: isNew, detail: `${text} at ${git.binary}`, ...(isNew ? {} : { hint }) }
}

async function checkState({ state }: StateFolders): Promise<Check> {
  const writable = await access(state, constants.W_OK).then(
    () => true,
    () => false,
  )
  const detail = writable ? state : `${state} cannot be written.`
  return {
    name: 'state folder',
    ok: writable,
    detail,
    ...(writable ? {} : { hint: 'Give yourself write permission.' }),
  }
}

async function checkRoom({ state }: StateFolders): Promise<Check> {
  const { bavail, bsize } = await statfs(state)
  const bytes = bavail * bsize
  const ok = bytes >= leastBytes
  const detail = `${Math.round(bytes / 1024 ** 2)} MiB free`
  return {
    name: 'disk',
    ok,
    detail,
    ...(ok ? {} : { hint: 'Free disk space, or move the state folder with AIOS_HOME.' }),
  }
}

async function checkRepository(held: HeldRepository, fix: boolean): Promise<Check> {
  const fixed = fix ? await mend(held) : undefined
  const { id, episodes, pending, state, embedder } = await held.status()
  const [wrong] = held.problems()
  const vectors =
    embedder === undefined ? '' : `; embedder ${embedder.id}: ${embedder.state}, ${embedder.note}`
  const known = `${episodes} commits remembered, ${pending} to be read${vectors}`
  return {
    name: id,
    ok: wrong === undefined,
    detail: wrong?.message ?? (state === 'waiting' ? 'It is being opened.' : known),
    ...(wrong === undefined ? {} : { hint: wrong.hint }),
    ...(fixed === undefined ? {} : { fixed }),
  }
}

/** Tells of hooks only where something is wrong: to have none is as good. */
async function checkHooks(held: HeldRepository, { hookProblems }: DoctorParts): Promise<Check[]> {
  const problems = await hookProblems(held).catch(() => [])
  return problems.map(({ message, hint }) => ({
    name: `${held.registration.id} hooks`,
    ok: false,
    detail: message,
    hint,
  }))
}

/** Tells of plugins that do not what was allowed: whoever waits for one that rests, or changed, hears nothing of it. */
function checkPlugin({ id, state, problem, repository }: PluginStatus): Check[] {
  const wrong = { name: `plugin ${id}`, ok: false }
  const hint = `Run \`aios plugin approve ${id}\` to look at it, and allow it anew.`
  if (state === 'changed')
    return [{ ...wrong, detail: 'It changed since it was approved, and does not run.', hint }]
  // What a repository asks for is its own matter until it is approved.
  const isOurs = state === 'active' || state === 'paused' || (state === 'broken' && repository === undefined)
  if (problem === undefined || !isOurs) return []
  const logs = state === 'active' ? {} : { hint: `See \`aios plugin logs ${id}\` and \`aios plugin list\`.` }
  return problem.split('\n').map((detail) => ({ ...wrong, detail, ...logs }))
}

/** Opens what is closed, tries again what was skipped, and brings the indexes level. Nothing is deleted. */
async function mend(held: HeldRepository): Promise<string> {
  try {
    const { bookmarks, remembered } = await held.open()
    bookmarks.retry()
    await remembered.settled()
    await remembered.memory.store.optimize()
    return 'Read again what was left, and brought the indexes level.'
  } catch (error) {
    return `Tried again, in vain: ${error instanceof Error ? error.message : String(error)}`
  }
}
