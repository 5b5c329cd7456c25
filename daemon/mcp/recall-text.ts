import type { Hit, RecallAnswer } from '../../contract/answers.ts'
import type { Note } from '../../contract/note-routes.ts'
import type { Rendered } from './budget.ts'
import { dataNotice, fenced, notice, type Part } from './fence.ts'
import { noteData, notePart, notesWithin } from './note-text.ts'
import { plainLine, plainLines, type Room } from './plain-lines.ts'

/** Returns what recall found, and the notes that fit, as far as there is room. */
export function recallText(found: RecallAnswer, notes: readonly Note[], room: Room): Rendered {
  const hits = found.hits.slice(0, room.items)
  const told = notesWithin(notes, room)
  const left = found.hits.length - hits.length
  const reason = found.reason === undefined ? [] : [plainLine(found.reason, 300)]
  if (hits.length === 0 && told.length === 0) return nothing(reason)
  const parts = [
    ...told.map((note) => notePart(note, room)),
    ...hits.map((hit, index): Part => ({ head: `${index + 1}. ${headOf(hit)}`, quoted: quoted(hit, room) })),
    ...reason.map((remark): Part => ({ head: 'remark', quoted: [remark] })),
  ]
  const rest = left > 0 ? [`${left} more fit; ask with a larger \`tokens\` to see them.`] : []
  return {
    text: [`${counted(found.hits.length)} ${notice}`, fenced(parts), ...rest].join('\n'),
    data: {
      notice: dataNotice,
      ...(told.length === 0 ? {} : { notes: told.map((note) => noteData(note, room)) }),
      hits: hits.map((hit) => hitData(hit, room)),
      ...(left > 0 ? { more: left } : {}),
      ...(reason.length === 0 ? {} : { reason: reason[0] }),
    },
  }
}

function nothing(reason: readonly string[]): Rendered {
  const answer = 'Nothing remembered fits this question well enough.'
  const remark = reason.length === 0 ? [] : [fenced([{ head: 'remark', quoted: reason }])]
  const data = { answer, hits: [], ...(reason.length === 0 ? {} : { notice: dataNotice, reason: reason[0] }) }
  return { text: [answer, ...remark].join('\n'), data }
}

function counted(count: number): string {
  if (count === 0) return 'No commit fits.'
  return count === 1 ? '1 commit fits.' : `${count} commits fit, best first.`
}

function headOf({ oid, kind, time, score, revertedBy, was, reachable }: Hit): string {
  const remarks = [
    ...(revertedBy === undefined ? [] : [`reverted by ${short(revertedBy)}`]),
    ...(was.length === 0 ? [] : [`was ${was.slice(0, 2).map(short).join(', ')}`]),
    ...(reachable ? [] : ['on no branch']),
  ]
  return [short(oid), kind, day(time), `score ${score.toFixed(2)}`, ...remarks].join(' ')
}

/** Lines of all passages of a hit together, the first passages first. */
function quoted({ subject, author, passages }: Hit, room: Room): string[] {
  const lines = [`${plainLine(subject, room.width)} (${plainLine(author, 60)})`]
  let left = room.lines
  for (const { path, startLine, endLine, text } of passages) {
    if (left < 1) break
    if (path !== '') lines.push(plainLine(`${path}${placeOf(startLine, endLine)}`, room.width))
    const shown = plainLines(path === '' ? bodyOf(text, subject) : text, { ...room, lines: left })
    lines.push(...shown.filter((line) => line !== ''))
    left -= shown.length
  }
  return lines
}

/** A message begins with its subject, which stands above already. */
function bodyOf(text: string, subject: string): string {
  return text.startsWith(subject) ? text.slice(subject.length).trimStart() : text
}

function placeOf(startLine: number, endLine: number): string {
  if (startLine === 0) return ''
  return startLine === endLine ? `:${startLine}` : `:${startLine}-${endLine}`
}

function hitData(hit: Hit, room: Room): Record<string, unknown> {
  const { oid, kind, time, score, subject, author, revertedBy, was, reachable } = hit
  const [, ...lines] = quoted(hit, room)
  return {
    oid: short(oid),
    kind,
    date: day(time),
    score: Number(score.toFixed(2)),
    subject: plainLine(subject, room.width),
    author: plainLine(author, 60),
    ...(revertedBy === undefined ? {} : { revertedBy: short(revertedBy) }),
    ...(was.length === 0 ? {} : { was: was.slice(0, 2).map(short) }),
    ...(reachable ? {} : { onNoBranch: true }),
    ...(lines.length === 0 ? {} : { text: lines.join('\n') }),
  }
}

function short(oid: string): string {
  return oid.slice(0, 12)
}

function day(time: string): string {
  return time.slice(0, 10)
}
