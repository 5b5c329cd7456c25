import type { RelatedAnswer, RelatedFile } from '../../contract/answers.ts'
import type { Rendered } from './budget.ts'
import { dataNotice, fenced, notice } from './fence.ts'
import { plainLine, type Room } from './plain-lines.ts'

/** Returns the files that change together, as far as there is room. */
export function relatedText(found: RelatedAnswer, room: Room): Rendered {
  const files = found.files.slice(0, room.items)
  const reason = found.reason === undefined ? undefined : plainLine(found.reason, 300)
  if (files.length === 0) {
    const answer = 'No file is named.'
    if (reason === undefined) return { text: answer, data: { answer, files: [] } }
    const text = `${answer}\n${fenced([{ head: 'remark', quoted: [reason] }])}`
    return { text, data: { answer, notice: dataNotice, files: [], reason } }
  }
  const right =
    found.precision === undefined
      ? []
      : [`Such a remark was right ${Math.round(found.precision * 100)} % of the time in this repository.`]
  return {
    text: [
      `What changes together with these. ${notice}`,
      fenced(files.map((file) => ({ head: headOf(file), quoted: quoted(file, room) }))),
      ...right,
    ].join('\n'),
    data: {
      notice: dataNotice,
      files: files.map((file) => fileData(file, room)),
      ...(found.precision === undefined ? {} : { precision: Number(found.precision.toFixed(2)) }),
    },
  }
}

function headOf({ confidence, support, missing }: RelatedFile): string {
  return `${Math.round(confidence * 100)} %, ${support} commits${missing ? ', not staged' : ''}`
}

function quoted({ path, evidence }: RelatedFile, room: Room): string[] {
  const [latest] = evidence
  const last =
    latest === undefined || room.lines === 0 ? [] : [`${latest.oid.slice(0, 12)} ${latest.subject}`]
  return [path, ...last].map((line) => plainLine(line, room.width))
}

function fileData({ path, confidence, support, missing, evidence }: RelatedFile, room: Room) {
  const [latest] = evidence
  return {
    path: plainLine(path, 300),
    confidence: Number(confidence.toFixed(2)),
    support,
    ...(missing ? { missing } : {}),
    ...(latest === undefined || room.lines === 0
      ? {}
      : { last: `${latest.oid.slice(0, 12)} ${plainLine(latest.subject, room.width)}` }),
  }
}
