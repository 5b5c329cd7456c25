import { isMap, isScalar } from 'yaml'
import { endOf } from './config-edit.ts'
import { readYaml } from './yaml/yaml.ts'

/**
 * Returns the text without the lines of one setting, every other byte as it was.
 *
 * What stands between brackets stays: the caller, who reads the result again, tells that it is to be edited by hand.
 */
export function withoutSetting(text: string, key: string): string {
  let map = readYaml(text).document.contents
  const path = key.split('.')
  for (const [depth, name] of path.entries()) {
    if (!isMap(map) || map.flow === true) return text
    const pair = map.items.find(({ key: found }) => isScalar(found) && found.value === name)
    if (pair === undefined) return text
    if (depth === path.length - 1) return withoutLines(text, pair.key.range[0], endOf(pair.value ?? pair.key))
    map = pair.value
  }
  return text
}

function withoutLines(text: string, from: number, to: number): string {
  const start = text.lastIndexOf('\n', from - 1) + 1
  // A text of several lines ends behind the last of them.
  const end = text.indexOf('\n', text[to - 1] === '\n' ? to - 1 : to)
  return text.slice(0, start) + (end === -1 ? '' : text.slice(end + 1))
}
