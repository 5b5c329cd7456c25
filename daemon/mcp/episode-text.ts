import type { ShowAnswer } from '../../contract/answers.ts'
import { fenced, notice } from './fence.ts'
import { plainLine, plainLines } from './plain-lines.ts'

/** A message of 200 lines and 100 files is more than anybody reads. */
const room = { lines: 200, width: 200 }
const shownFiles = 100

/** Returns a whole commit as Markdown for a model. */
export function episodeText({ repository, episode, ties, subjects, was, now }: ShowAnswer): string {
  const { oid, kind, author, subject, body, changes, reachable } = episode
  const links = ties.slice(0, 20).map(({ kind: tie, from, to }) => {
    const other = from === oid ? to : from
    return {
      head: `${from === oid ? tie : `is what ${tie}`} ${other.slice(0, 12)}`,
      quoted: told(subjects[other]),
    }
  })
  const files = changes.slice(0, shownFiles).map(({ path, oldPath, status, additions, deletions }) => {
    const from = oldPath === undefined ? '' : `${oldPath} -> `
    return plainLine(`${status} ${from}${path} +${additions} -${deletions}`, room.width)
  })
  const more = changes.length > shownFiles ? [`and ${changes.length - shownFiles} more`] : []
  const remarks = [
    ...(reachable ? [] : ['It is on no branch.']),
    ...(was.length === 0 ? [] : [`It was ${was.map((old) => old.slice(0, 12)).join(', ')} before.`]),
    ...(now === undefined ? [] : [`It was rewritten to ${now.slice(0, 12)}.`]),
  ]
  return [
    `Commit ${oid} (${kind}, ${author.time.slice(0, 10)}) of ${repository}. ${notice}`,
    fenced([
      {
        head: 'message',
        quoted: [subject, ...(body === '' ? [] : ['', body])].flatMap((text) => plainLines(text, room)),
      },
      { head: 'author', quoted: [plainLine(`${author.name} <${author.email}>`, room.width)] },
      { head: 'files', quoted: [...files, ...more] },
      ...links,
    ]),
    ...remarks,
  ].join('\n')
}

function told(subject: string | undefined): string[] {
  return subject === undefined ? [] : [plainLine(subject, room.width)]
}
