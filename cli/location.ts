import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { AiosError } from '../contract/errors.ts'

/** A place in a file. */
export interface Location {
  /** Absolute. */
  readonly path: string
  readonly line?: number
  readonly endLine?: number
}

/** Returns the place that `FILE`, `FILE:LINE` or `FILE:LINE-LINE` names; a file may have a colon in its name. */
export function locationOf(text: string, directory: string): Location {
  const match = /^(.+?):(\d+)(?:-(\d+))?$/.exec(text)
  if (match === null || existsSync(resolve(directory, text))) return { path: resolve(directory, text) }
  const [, path = '', first = '', last] = match
  const line = Number(first)
  const endLine = last === undefined ? undefined : Number(last)
  if (line < 1) throw new AiosError('command.usage', `\`${text}\` names no line: they count from 1.`)
  if (endLine !== undefined && endLine < line) {
    const meant = `${path}:${endLine}-${line}`
    throw new AiosError('command.usage', `\`${text}\` is reversed; write \`${meant}\`.`)
  }
  const place = { path: resolve(directory, path), line }
  return endLine === undefined ? place : { ...place, endLine }
}
