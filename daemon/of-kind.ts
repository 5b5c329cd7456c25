/** Says whether a message between two processes of the same version of aios is of one of these kinds. */
export function isOfKind(message: unknown, kinds: readonly unknown[]): boolean {
  return typeof message === 'object' && message !== null && 'kind' in message && kinds.includes(message.kind)
}
