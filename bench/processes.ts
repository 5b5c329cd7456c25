import { readdirSync, readFileSync } from 'node:fs'

/** What a process and everything it started take. */
export interface Usage {
  /** Resident memory of all processes, pages that they share counted in each. */
  readonly rssBytes: number
  readonly cpuSeconds: number
  readonly processes: number
}

const pageBytes = 4096
const ticksPerSecond = 100

/** Returns what a process and its descendants take now, as Linux's /proc tells. */
export function usageOf(pid: number): Usage {
  const parents = parentsOfAll()
  const family = [...parents.keys()].filter((candidate) => descends(candidate, pid, parents))
  const usages = family.map(usageOfOne)
  return {
    rssBytes: usages.reduce((sum, usage) => sum + usage.rssBytes, 0),
    cpuSeconds: usages.reduce((sum, usage) => sum + usage.cpuSeconds, 0),
    processes: family.length,
  }
}

/** Watches the memory of a process and its descendants, and returns the most it ever was. */
export function watchPeak(pid: number, everyMs = 100): () => number {
  let peak = 0
  const timer = setInterval(() => (peak = Math.max(peak, usageOf(pid).rssBytes)), everyMs)
  return () => {
    clearInterval(timer)
    return peak
  }
}

function parentsOfAll(): Map<number, number> {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    const fields = statOf(name)
    if (fields !== undefined) parents.set(Number(name), Number(fields[1]))
  }
  return parents
}

function descends(pid: number, ancestor: number, parents: ReadonlyMap<number, number>): boolean {
  for (let at: number | undefined = pid; at !== undefined && at > 0; at = parents.get(at))
    if (at === ancestor) return true
  return false
}

function usageOfOne(pid: number): Usage {
  const fields = statOf(String(pid))
  if (fields === undefined) return { rssBytes: 0, cpuSeconds: 0, processes: 0 }
  const cpuSeconds = (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
  return { rssBytes: Number(fields[21]) * pageBytes, cpuSeconds, processes: 1 }
}

/** Returns the fields after the command's name, which may itself hold spaces and brackets. */
function statOf(name: string): string[] | undefined {
  if (!/^\d+$/.test(name)) return undefined
  try {
    const text = readFileSync(`/proc/${name}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    // The process ended between the listing and now.
    return undefined
  }
}
