import { execFileSync } from 'node:child_process'

/** Rewrites the newest commits of a clone's branch, as a rebase with new messages does; their trees stay. */
export function rewriteNewest(path: string, count: number): void {
  const git = (args: readonly string[], input?: string) =>
    execFileSync('git', ['-C', path, ...args], { encoding: 'utf8', input, maxBuffer: 1024 ** 3 })
  const format = '--format=%T%x00%an%x00%ae%x00%at%x00%B%x01'
  const log = git(['log', '--first-parent', '-n', String(count), format])
  const commits = log.split('\x01\n').filter((entry) => entry !== '')
  const base = git(['rev-parse', `HEAD~${commits.length}`]).trim()
  const branch = git(['symbolic-ref', 'HEAD']).trim()
  const now = Math.floor(Date.now() / 1000)
  const stream = commits.toReversed().map((entry, index) => {
    const [tree = '', name = '', email = '', time = '', body = ''] = entry.split('\0')
    const message = Buffer.from(`${body.trim()}\n\nRebased.\n`)
    return [
      `commit ${branch}`,
      `mark :${index + 1}`,
      `author ${name.replaceAll(/[<>]/g, '')} <${email}> ${time} +0000`,
      `committer bench <bench@localhost> ${now} +0000`,
      `data ${message.length}`,
      message.toString(),
      `from ${index === 0 ? base : `:${index}`}`,
      `M 040000 ${tree} `,
      '',
    ].join('\n')
  })
  git(['fast-import', '--quiet', '--force'], stream.join(''))
}
