import type { AiosError } from '../../contract/errors.ts'
import type { ToolAnswer } from '../../contract/tools.ts'
import { plainLines } from './plain-lines.ts'

/** Returns a failure as an answer: the model reads what to do about it, and may do better. */
export function refusal({ code, message, kind }: AiosError): ToolAnswer {
  const what = plainLines(message, { lines: 12, width: 400 }).join('\n')
  return {
    text: `${what}\n${kind.hint}`,
    data: { error: code, message: what, hint: kind.hint },
    isError: true,
  }
}
