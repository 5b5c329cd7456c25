import { readFile } from 'node:fs/promises'

const pageBytes = 4096

/** Returns what these processes take of memory together; 0 where the system does not tell, and for those that ended. */
export async function residentBytes(pids: readonly number[]): Promise<number> {
  const sizes = await Promise.all(pids.map(residentOf))
  return sizes.reduce((sum, size) => sum + size, 0)
}

async function residentOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '')
  return Number(text.split(' ')[1] ?? 0) * pageBytes
}
