import type { PluginNote } from '../contract/plugin.ts'
import type { PluginKeep } from './host-answers.ts'

/** Creates a place for what a plugin keeps while it is tried out; nothing of it stays. */
export function createScratch(): PluginKeep {
  const values = new Map<string, string>()
  const notes: PluginNote[] = []
  return {
    value: (_plugin, _repository, key) => values.get(key),
    room(_plugin, _repository, key) {
      const others = [...values].filter(([name]) => name !== key)
      return {
        keys: others.length,
        bytes: others.reduce((sum, [name, value]) => sum + name.length + value.length, 0),
      }
    },
    setValue: (_plugin, _repository, key, value) => void values.set(key, value),
    deleteValue: (_plugin, _repository, key) => void values.delete(key),
    keys: (_plugin, _repository, prefix) =>
      [...values.keys()].filter((key) => key.startsWith(prefix)).toSorted(),
    addNote: (note) => void notes.unshift(note),
    notes: (_plugin, _repository, limit) => notes.slice(0, limit),
  }
}
