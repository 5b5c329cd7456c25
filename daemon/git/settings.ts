/**
 * What every git process is told, so that no repository and no inherited variable can change what it does.
 */
import { devNull } from 'node:os'

/**
 * Settings that win over the repository's, the user's and the system's own.
 *
 * - Files above `core.bigFileThreshold` count as binary: generated bundles cost three times the rest together.
 * - Pack windows of one mebibyte with a limit keep the resident size of a process near 200 MB on a pack of
 *   500 MB; a smaller delta cache halves that again and costs a tenth of the time.
 */
const settings = {
  'core.quotePath': 'off',
  'core.fsmonitor': 'false',
  'core.hooksPath': devNull,
  'core.attributesFile': devNull,
  'core.pager': 'cat',
  'core.bigFileThreshold': '512k',
  'core.packedGitWindowSize': '1m',
  'core.packedGitLimit': '64m',
  'core.deltaBaseCacheLimit': '32m',
  'core.commitGraph': 'true',
  'diff.noprefix': 'false',
  'diff.mnemonicPrefix': 'false',
  'diff.suppressBlankEmpty': 'false',
  'diff.renameLimit': '1000',
  'diff.ignoreSubmodules': 'none',
  'diff.submodule': 'short',
  'diff.wsErrorHighlight': 'none',
  'log.showSignature': 'false',
  'log.showRoot': 'true',
  'log.mailmap': 'false',
  'protocol.allow': 'never',
  'submodule.recurse': 'false',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'advice.graftFileDeprecated': 'false',
} as const

/** Arguments that stand before the name of every git command. */
export const globalArguments: readonly string[] = [
  '--no-pager',
  '--literal-pathspecs',
  ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
]

/** Options of every command that prints a difference: nothing is run, coloured or prefixed by configuration. */
export const diffArguments: readonly string[] = [
  '--no-ext-diff',
  '--no-textconv',
  '--no-color',
  '--src-prefix=a/',
  '--dst-prefix=b/',
  '--no-relative',
  `-O${devNull}`,
  '--submodule=short',
  '--ignore-submodules=none',
]

/**
 * Returns the environment for git: ours without any `GIT_*`, which could point it at another repository. Where
 * the user's own settings lie stays, because `safe.directory` is theirs to set.
 *
 * `GIT_NO_REPLACE_OBJECTS` and an empty graft file make an object mean what its id says: what is remembered
 * of a commit may not depend on a replacement that somebody adds later. `GIT_ALLOW_PROTOCOL` names no
 * protocol, because a repository could allow single ones again; with `GIT_NO_LAZY_FETCH` (git 2.45) a
 * partial clone reports its missing objects instead of fetching them.
 */
export function gitEnvironment(inherited: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(inherited).filter(([name]) => !/^GIT_/i.test(name) || ownFiles.test(name))
  return {
    ...Object.fromEntries(kept),
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_GRAFT_FILE: devNull,
    GIT_ALLOW_PROTOCOL: '',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_FLUSH: '0',
    LC_ALL: 'C',
  }
}

const ownFiles = /^GIT_CONFIG_(GLOBAL|SYSTEM|NOSYSTEM)$/
