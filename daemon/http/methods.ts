import type { Route } from '../../contract/route.ts'

/** Returns the methods that something answers to at this address; none when nothing is there. */
export function methodsAt(url: string, served: readonly Pick<Route, 'method' | 'path'>[]): string[] {
  const path = url.split('?', 1)[0] ?? ''
  return [...new Set(served.filter((one) => isAt(path, one.path)).map(({ method }) => method))]
}

/** Says whether the address is one of the pattern's, in which `:name` is one part. */
function isAt(path: string, pattern: string): boolean {
  const parts = path.split('/')
  const wanted = pattern.split('/')
  return (
    parts.length === wanted.length &&
    wanted.every((part, index) => (part.startsWith(':') ? parts[index] !== '' : part === parts[index]))
  )
}
