import { spawn } from 'node:child_process'

/** Measures what a shell command takes, in milliseconds. */
export async function shellMs(folder: string, command: string): Promise<number> {
  const began = performance.now()
  const child = spawn('sh', ['-c', command], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve))
  if (code !== 0) throw new Error(`\`${command}\` ended with ${code}`)
  return performance.now() - began
}

/** Measures the yardstick: how long git takes to print every hunk of the history. */
export function logPatchesMs(repository: string): Promise<number> {
  return shellMs(repository, 'git --no-pager log -p HEAD | wc -c')
}
