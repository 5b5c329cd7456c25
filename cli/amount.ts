/** Returns the number with thousands apart: `12,345`. */
export function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

/** Returns the number with its noun: `1 commit`, `12,345 commits`. */
export function counted(value: number, noun: string, nouns = `${noun}s`): string {
  return `${grouped(value)} ${value === 1 ? noun : nouns}`
}

/** Returns a size: `512 B`, `1.4 MB`. */
export function bytes(value: number): string {
  const names = ['B', 'kB', 'MB', 'GB', 'TB']
  const step = Math.min(names.length - 1, value < 1 ? 0 : Math.floor(Math.log10(value) / 3))
  const scaled = value / 1000 ** step
  return `${step === 0 || scaled >= 99.5 ? Math.round(scaled) : scaled.toFixed(1)} ${names[step]}`
}

/** Returns five marks, as many filled as the share between 0 and 1 says. */
export function bar(share: number): string {
  const filled = Math.max(0, Math.min(5, Math.round(share * 5)))
  return '▰'.repeat(filled) + '▱'.repeat(5 - filled)
}
