import { type Setting, settings } from '../contract/config.ts'
import { nearest } from '../contract/nearest.ts'
import { isScheduleName } from '../contract/schedule-hooks.ts'
import { ScheduleExpression } from '../contract/schedule-settings.ts'

/** Whose file, variable or flag a setting is read from. */
export type Scope = Setting['scope']

const all = new Map(settings().map((setting) => [setting.key, setting]))

/** Every setting by its dotted key, in the order of the schema. */
export const settingsByKey: ReadonlyMap<string, Setting> = all

/** Returns the setting of a key, which may be under a name that its user chose; undefined when there is none. */
export function settingOf(key: string): Setting | undefined {
  const known = all.get(key)
  if (known !== undefined) return known
  const [section = '', name = '', ...rest] = key.split('.')
  if (rest.length > 0 || !mayName(section, name)) return undefined
  return { key, schema: ScheduleExpression, scope: 'user' }
}

/** Says whether there is such a name directly below a section, or its user may choose it. */
export function isNameBelow(section: string, name: string): boolean {
  return mayName(section, name) || namesBelow(section).includes(name)
}

function mayName(section: string, name: string): boolean {
  return section === 'schedules' && isScheduleName(name)
}

/** Returns the names directly below a section, the empty text being the whole file; none when there is no such section. */
function namesBelow(section: string): string[] {
  const prefix = section === '' ? '' : `${section}.`
  const below = [...all.keys()].filter((key) => key.startsWith(prefix))
  return [...new Set(below.map((key) => key.slice(prefix.length).split('.')[0] ?? ''))]
}

/** Says whether only the user's own file may hold the setting, or anything of the section. */
export function isUserOnly(key: string): boolean {
  const setting = settingOf(key)
  if (setting !== undefined) return setting.scope === 'user'
  const inside = [...all.values()].filter((one) => one.key.startsWith(`${key}.`))
  return inside.length > 0 && inside.every(({ scope }) => scope === 'user')
}

/** Returns a sentence that proposes what an unknown key was meant to be; empty when nothing is near. */
export function proposalFor(section: string, name: string): string {
  const key = join(section, name)
  const steps = name.split('.').map((part) => `"${part}:"`)
  if (settingOf(key) !== undefined) return ` Write ${steps.join(', then indented below it ')}.`
  const inside = [...all.keys()].find((known) => known.startsWith(`${key}.`))
  if (inside !== undefined) return ` It is a section; name a setting in it, such as ${inside}.`
  if (key.startsWith('schedules.'))
    return ' A schedule is named with small letters, digits and -, at most 40, a letter first.'
  const sibling = nearest(name, namesBelow(section))
  if (sibling !== undefined) return ` Did you mean ${join(section, sibling)}?`
  const meant = (section === '' ? nearest(name, [...all.keys()]) : undefined) ?? sameLeaf(name)
  return meant === undefined ? '' : ` Did you mean ${meant}?`
}

/** Returns the dotted key of a name inside a section. */
export function join(section: string, name: string): string {
  return section === '' ? name : `${section}.${name}`
}

/** Returns the setting elsewhere whose last name this is; undefined when there are several, or none. */
function sameLeaf(name: string): string | undefined {
  const found = [...all.keys()].filter(
    (key) => nearest(name, [key.slice(key.lastIndexOf('.') + 1)]) !== undefined,
  )
  return found.length === 1 ? found[0] : undefined
}
