/** Says in words how a process ended, with the line of its complaint that names an error. */
export function describeEnd(code: number | null, signal: string | null, complaint = ''): string {
  const how = signal === null ? `it exited with code ${code}` : `it was ended by ${signal}`
  const line = complaint.split('\n').find((text) => /error|fatal/i.test(text))
  return line === undefined ? how : `${how}: ${line.trim()}`
}
