import type { BlamedLine } from './why.ts'

/** Lines around those shown in which a secret may begin or end: more than the longest key has. */
const linesAround = 400

/**
 * Returns blamed lines without their secrets, which are looked for in the file that the lines are of.
 *
 * A line that is not as the file has it, because the file moved on meanwhile, is looked at with those beside it.
 */
export async function redactBlame(
  blamed: readonly BlamedLine[],
  path: string,
  file: string,
): Promise<BlamedLine[]> {
  const first = Math.max(0, (blamed[0]?.line ?? 1) - 1 - linesAround)
  const around = file.split('\n').slice(first, (blamed.at(-1)?.line ?? 0) + linesAround)
  const { redactLines } = await import('../../native-workers/redact.ts')
  const texts = [around, blamed.map(({ text }) => text)].map((lines) => lines.join('\n'))
  const [inFile, alone] = (await redactLines(texts, [path, path])).map(({ text }) => text.split('\n'))
  return blamed.map((line, index) => {
    const place = line.line - 1 - first
    const shown = around[place] === line.text ? inFile : alone
    return { ...line, text: shown?.[shown === inFile ? place : index] ?? '' }
  })
}
