import type { WhyAnswer, WhyEpisode } from '../../contract/answers.ts'
import type { Rendered } from './budget.ts'
import { dataNotice, fenced, notice, type Part } from './fence.ts'
import { plainLine, plainLines, type Room } from './plain-lines.ts'

/** Returns why a place is as it is, as far as there is room. */
export function whyText(found: WhyAnswer, room: Room): Rendered {
  const episodes = found.episodes.slice(0, room.items)
  const left = found.episodes.length - episodes.length
  const doubts = found.doubts.slice(0, 3).map((doubt) => plainLine(doubt, 200))
  const parts: Part[] = [
    { head: placeOf(found), quoted: placeLines(found, room) },
    ...episodes.map((one) => ({ head: headOf(one), quoted: quoted(one, room) })),
    ...(doubts.length === 0 ? [] : [{ head: 'doubts', quoted: doubts }]),
  ]
  const sure = `Confidence ${found.confidence.toFixed(2)}.`
  const none = episodes.length === 0 ? ['Nothing remembered explains it.'] : []
  const rest = left > 0 ? [`${left} more commits; ask with a larger \`tokens\`.`] : []
  return {
    text: [`${sure} ${notice}`, fenced(parts), ...none, ...rest].join('\n'),
    data: {
      notice: dataNotice,
      file: plainLine(found.file, room.width),
      ...(found.line === undefined ? {} : { lines: linesOf(found) }),
      confidence: Number(found.confidence.toFixed(2)),
      ...(doubts.length === 0 ? {} : { doubts }),
      episodes: episodes.map((one) => episodeData(one, room)),
      ...(left > 0 ? { more: left } : {}),
    },
  }
}

function placeOf(found: WhyAnswer): string {
  return found.line === undefined ? 'the file' : `line ${linesOf(found)} of`
}

function linesOf({ line, endLine }: WhyAnswer): string {
  return endLine === undefined || endLine === line ? String(line) : `${line}-${endLine}`
}

function placeLines({ file, line, text }: WhyAnswer, room: Room): string[] {
  const shown = line === undefined ? 0 : Math.min(3, room.lines)
  return [plainLine(file, room.width), ...text.slice(0, shown).map((one) => plainLine(one, room.width))]
}

function headOf({ role, oid, time }: WhyEpisode): string {
  return `${role} ${oid.slice(0, 12)} ${time.slice(0, 10)}`
}

function quoted({ subject, author, path, reason }: WhyEpisode, room: Room): string[] {
  const lines = plainLines(reason, room).filter((line) => line !== '')
  return [
    `${plainLine(subject, room.width)} (${plainLine(author, 60)}) ${plainLine(path, room.width)}`,
    ...lines,
  ]
}

function episodeData(one: WhyEpisode, room: Room): Record<string, unknown> {
  const reason = plainLines(one.reason, room).filter((line) => line !== '')
  return {
    role: one.role,
    oid: one.oid.slice(0, 12),
    date: one.time.slice(0, 10),
    subject: plainLine(one.subject, room.width),
    author: plainLine(one.author, 60),
    path: plainLine(one.path, room.width),
    ...(reason.length === 0 ? {} : { reason: reason.join('\n') }),
  }
}
