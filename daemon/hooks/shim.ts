import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { questionHooks, type GitHook } from '../../contract/hook-routes.ts'

/** What a shim is made for. */
export interface ShimSettings {
  /** The folder in the state of aios where the daemon keeps its door and finds the spool. */
  readonly folder: string
  /** How long a question may take; what runs before does not count. */
  readonly seconds: number
}

/** A hook that was there before and runs first. */
export interface Kept {
  readonly manager: string
}

/** What a file says of itself when it is a shim of ours. */
export interface ReadShim {
  /** Whether nobody changed it since it was written. */
  readonly isIntact: boolean
  /** Whether it runs a hook that was there before. */
  readonly keeps: boolean
}

const mark = '# aios-shim '
const templates = new URL('../../hooks/', import.meta.url)

/** Returns the text of a shim: POSIX shell that stands on its own, so that it works when aios is gone. */
export function renderShim(hook: GitHook, { folder, seconds }: ShimSettings, kept?: Kept): string {
  const asks = questionHooks.some((name) => name === hook)
  const readsInput = hook === 'pre-push' || hook === 'post-rewrite'
  const body = [
    `aios_hook=${quoted(hook)}`,
    `aios_folder=${quoted(folder)}`,
    `aios_manager=${quoted(kept?.manager ?? '')}`,
    `aios_seconds=${seconds}`,
    'aios_status=0',
    "aios_input=''",
    "aios_newline='\n'\n",
    ...(readsInput ? [template('input.sh')] : []),
    ...(kept === undefined ? [] : [template('chain.sh')]),
    template(asks ? 'ask.sh' : 'notify.sh'),
  ].join('\n')
  const about = '# aios stands in this hook. `aios hooks uninstall` takes it out and puts back what was here.'
  return `#!/bin/sh\n${about}\n${mark}${digest(body)}\n${body}`
}

/** Reads a file that may be a shim; undefined when it is somebody else's. */
export function readShim(text: string): ReadShim | undefined {
  const found = /^# aios-shim ([0-9a-f]{16})\n/m.exec(text)
  if (found === null) return undefined
  const body = text.slice(found.index + found[0].length)
  return { isIntact: digest(body) === found[1], keeps: body.includes('aios_run_kept') }
}

/** Returns the text as one word of a shell, whatever stands in it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

function template(name: string): string {
  return readFileSync(new URL(name, templates), 'utf8')
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
