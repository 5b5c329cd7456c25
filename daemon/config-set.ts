import type { Setting } from '../contract/config.ts'
import { AiosError } from '../contract/errors.ts'
import { withSetting } from './config-edit.ts'
import { withoutSetting } from './config-remove.ts'
import { type ConfigFile, mostBytes, readConfigFile, realPathOf } from './config-file.ts'
import { problemsOf, quoted } from './yaml/issue.ts'
import { isUserOnly, proposalFor, settingOf } from './config-keys.ts'
import { type Layer, readLayer, readValue } from './config-layer.ts'
import { replaceFile } from './config-write.ts'

/**
 * Changes one setting in a file, adds it, or takes it out when there is no value, and leaves every other byte as it is.
 *
 * The value is given as it would stand in YAML. Nothing is written unless the whole file is right afterwards and
 * says what it said before but for this setting. An anchor that other
 * settings share is therefore refused. A file that somebody else changes meanwhile is read again.
 */
export async function setConfig(file: ConfigFile, key: string, value: string | undefined): Promise<void> {
  const setting = settingFor(file, key)
  const { value: wanted, issues } = value === undefined ? { value, issues: [] } : readValue(setting, value)
  throwFirst('The new value', issues)
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    const content = await readConfigFile(file)
    const text = content?.text ?? ''
    const after = wanted === undefined ? withoutSetting(text, key) : withSetting(text, key, wanted)
    check(file, key, wanted, { before: readLayer(text, file.scope), after: readLayer(after, file.scope) })
    if (after === text) return
    const byteOrderMark = content?.bytes[0] === 0xef ? '\uFEFF' : ''
    const bytes = Buffer.from(byteOrderMark + after)
    if (bytes.length > mostBytes)
      throw new AiosError('config.invalid', `${file.path} would be larger than 64 KiB.`)
    const path = (await realPathOf(file)) ?? file.path
    if (await replaceFile(path, content?.bytes, bytes, newModes[file.scope])) return
  }
  throw new AiosError('state.unwritable', `${file.path} keeps changing while it is written.`)
}

const mostAttempts = 100

/** The user's file is nobody else's; a repository's is read by everyone who has the repository. */
const newModes = { user: 0o600, repository: 0o644 } as const

function settingFor({ path, scope }: ConfigFile, key: string): Setting {
  const setting = settingOf(key)
  if (setting === undefined) {
    throw new AiosError('config.invalid', `${quoted(key)} is not a setting.${proposalFor('', key)}`)
  }
  if (scope === 'repository' && isUserOnly(key)) {
    throw new AiosError('config.forbidden', `${key} may be set in your own file only, not in ${path}.`)
  }
  return setting
}

/** Throws unless the file is right after the change, and the change is the only one. */
function check(
  file: ConfigFile,
  key: string,
  wanted: unknown,
  { before, after }: { before: Layer; after: Layer },
): void {
  if (after.issues.length > 0) throwFirst(file.path, before.issues)
  const expected = new Map([...before.values].map(([name, { value }]) => [name, value]))
  if (wanted === undefined) expected.delete(key)
  else expected.set(key, wanted)
  const isAsExpected = [...expected].every(([name, value]) => isSame(after.values.get(name)?.value, value))
  if (after.issues.length === 0 && isAsExpected && after.values.size === expected.size) return
  const message = `${key} cannot be changed in ${file.path} without changing something else there; edit the file by hand.`
  throw new AiosError('config.invalid', message)
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function throwFirst(place: string, issues: Layer['issues']): void {
  const [problem] = problemsOf(place, issues)
  if (problem !== undefined) throw problem
}
