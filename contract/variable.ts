/** Returns the variable that sets a setting: `AIOS_RECALL_LIMIT` for `recall.limit`. */
export function variableOf(key: string): string {
  return `AIOS_${key
    .replaceAll('.', '_')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_')
    .toUpperCase()}`
}
