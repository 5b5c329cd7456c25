import picomatch from 'picomatch'

/** What a hook must be about for a listener to be asked: globs, of which one must fit in each list that is given. */
export interface HookFilter {
  readonly paths?: readonly string[]
  readonly branches?: readonly string[]
  /** Of `Name <address>`; one without a star fits a whole name or a whole address too. */
  readonly authors?: readonly string[]
}

/** Says whether a listener is concerned. */
export type Concerns = (data: unknown) => boolean

/** Extended globs are left out: nested, they take for ever. With `s` a star passes through ends of lines, too. */
const options = { dot: true, nonegate: true, noextglob: true, flags: 's' }

/** Returns what a filter says of a hook's data; a hook that tells of no paths, branch or author does not fit a glob for it. */
export function concerning(filter: HookFilter | undefined): Concerns {
  const tests: Concerns[] = []
  if (filter?.paths !== undefined) tests.push(fitting(filter.paths, pathsOf))
  if (filter?.branches !== undefined) tests.push(fitting(filter.branches, branchesOf))
  if (filter?.authors !== undefined) tests.push(fitting(filter.authors, authorsOf))
  return (data) => tests.every((test) => test(data))
}

function fitting(globs: readonly string[], subjectsOf: (data: unknown) => string[]): Concerns {
  const matches = picomatch([...globs], options)
  return (data) => subjectsOf(data).some((subject) => matches(subject))
}

/** A file that was renamed is about both of its paths. */
function pathsOf(data: unknown): string[] {
  const listed = [...listOf(member(data, 'files')), ...listOf(member(data, 'changes'))]
  const named = listed.flatMap((file) => [member(file, 'path'), member(file, 'oldPath')])
  const input = member(data, 'input')
  const asked = [data, input].flatMap((part) => [...listOf(member(part, 'paths')), member(part, 'path')])
  return texts([...named, ...asked])
}

function branchesOf(data: unknown): string[] {
  const pushed = listOf(member(data, 'updates')).map((update) => member(update, 'remote'))
  return texts([member(data, 'branch'), ...pushed]).map((name) => name.replace(/^refs\/heads\//, ''))
}

function authorsOf(data: unknown): string[] {
  const author = member(data, 'author')
  if (typeof author === 'string') {
    const [, name, address] = /^(.*?)\s*<([^<>]*)>$/.exec(author) ?? []
    return texts([author, name, address])
  }
  const [name, email] = [member(author, 'name'), member(author, 'email')]
  return texts([name, email, `${String(name)} <${String(email)}>`])
}

function texts(values: readonly unknown[]): string[] {
  return values.filter((value) => typeof value === 'string')
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return Reflect.get(value, name)
}
