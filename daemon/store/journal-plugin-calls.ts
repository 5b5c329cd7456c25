import type { DatabaseSync } from 'node:sqlite'
import type { HostCall, PluginCall, PluginLine, PluginNote, PluginTrial } from '../../contract/plugin.ts'
import { numberIn, textIn, type SqlRow } from './journal-rows.ts'
import { togetherSoon } from './together.ts'

/** Calls, lines and notes that are kept; older ones are forgotten. */
const kept = { plugin_calls: 5000, plugin_lines: 5000, plugin_notes: 10_000 }

/** Returns the part of the journal that keeps what plugins did and said. */
export function pluginCallsIn(database: DatabaseSync) {
  const addCall = database.prepare(`
    INSERT OR IGNORE INTO plugin_calls (
      id, plugin, hash, repository, hook, handler, mode, time, seed, event, config, host_calls, is_whole, status,
      result, message, decision, cpu_ms, wall_ms) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`)
  const addLine = database.prepare(
    'INSERT INTO plugin_lines (plugin, repository, time, level, message) VALUES (?, ?, ?, ?, ?)',
  )
  // What people and agents noted lies in the same table; no plugin that writes much takes it away.
  const prunes = Object.entries(kept).map(([table, most]) =>
    database.prepare(
      `DELETE FROM ${table} WHERE plugin NOT LIKE ':%' AND seq <= (SELECT max(seq) FROM ${table}) - ${most}`,
    ),
  )
  const one = database.prepare('SELECT * FROM plugin_calls WHERE id = ?')
  const ofPlugin = database.prepare('SELECT * FROM plugin_calls WHERE plugin = ? ORDER BY seq DESC LIMIT ?')
  const ofHook = database.prepare(
    'SELECT * FROM plugin_calls WHERE hook = ? AND is_whole = 1 ORDER BY seq DESC LIMIT ?',
  )
  const lines = database.prepare('SELECT * FROM plugin_lines WHERE plugin = ? ORDER BY seq DESC LIMIT ?')
  const shadow = database.prepare(`
    SELECT count(*) AS calls, coalesce(sum(decision = 'deny'), 0) AS denials FROM plugin_calls
    WHERE plugin = ? AND hash = ? AND mode = 'shadow' AND status = 'ok'`)

  return {
    keep(calls: readonly PluginCall[], fresh: readonly PluginLine[]) {
      togetherSoon(database, () => {
        for (const call of calls) addCall.run(...columnsOf(call))
        for (const { plugin, repository, time, level, message } of fresh)
          addLine.run(plugin, repository, time, level, message)
        for (const prune of prunes) prune.run()
      })
    },
    call(id: string): PluginCall | undefined {
      const row = one.get(id)
      return row === undefined ? undefined : callOf(row)
    },
    calls: (plugin: string, limit: number) => ofPlugin.all(plugin, limit).map(callOf),
    callsOfHook: (hook: string, limit: number) => ofHook.all(hook, limit).map(callOf),
    lines: (plugin: string, limit: number): PluginLine[] =>
      lines.all(plugin, limit).map((row) => ({
        ...whoseAndWhen(row),
        level: textIn(row, 'level'),
        message: textIn(row, 'message'),
      })),
    shadowCounts(plugin: string, hash: string) {
      const row = shadow.get(plugin, hash)
      return { calls: numberIn(row, 'calls'), denials: numberIn(row, 'denials') }
    },
    ...notesIn(database),
    ...trialsIn(database),
  }
}

function notesIn(database: DatabaseSync) {
  const add = database.prepare(
    'INSERT INTO plugin_notes (plugin, repository, time, text, evidence) VALUES (?, ?, ?, ?, ?)',
  )
  const notes = database.prepare(`
    SELECT * FROM plugin_notes WHERE plugin = ?1 AND (?2 = '' OR repository = ?2) ORDER BY seq DESC LIMIT ?3`)
  return {
    addNote: ({ plugin, repository, time, text, evidence }: PluginNote) =>
      void add.run(plugin, repository, time, text, JSON.stringify(evidence)),
    notes: (plugin: string, repository: string | undefined, limit: number): PluginNote[] =>
      notes.all(plugin, repository ?? '', limit).map((row) => ({
        ...whoseAndWhen(row),
        text: textIn(row, 'text'),
        evidence: listIn(row, 'evidence').filter((part) => typeof part === 'string'),
      })),
  }
}

function trialsIn(database: DatabaseSync) {
  const add = database.prepare(`
    INSERT OR REPLACE INTO plugin_trials (plugin, hash, repository, calls, denials, false_blocks, at)
    VALUES (?, ?, ?, ?, ?, ?, ?)`)
  const newest = database.prepare(
    'SELECT * FROM plugin_trials WHERE plugin = ? AND hash = ? ORDER BY calls DESC, at DESC LIMIT 1',
  )
  return {
    addTrial: ({ plugin, hash, repository, calls, denials, falseBlocks, at }: PluginTrial) =>
      void add.run(plugin, hash, repository, calls, denials, falseBlocks, at),
    trial(plugin: string, hash: string): PluginTrial | undefined {
      const row = newest.get(plugin, hash)
      if (row === undefined) return undefined
      return {
        plugin,
        hash,
        repository: textIn(row, 'repository'),
        calls: numberIn(row, 'calls'),
        denials: numberIn(row, 'denials'),
        falseBlocks: numberIn(row, 'false_blocks'),
        at: numberIn(row, 'at'),
      }
    },
  }
}

function columnsOf(call: PluginCall): (string | number)[] {
  const { id, plugin, hash, repository, hook, handler, mode, time, seed, event, config, hostCalls } = call
  const { isWhole, status, result, message, decision, cpuMs, wallMs } = call
  const asked = JSON.stringify(hostCalls)
  const given = [id, plugin, hash, repository, hook, handler, mode, time, seed, event, config, asked]
  return given.concat([isWhole ? 1 : 0, status, result, message, decision, cpuMs, wallMs])
}

function callOf(row: SqlRow): PluginCall {
  const text = (name: string) => textIn(row, name)
  return {
    id: text('id'),
    plugin: text('plugin'),
    hash: text('hash'),
    repository: text('repository'),
    hook: text('hook'),
    handler: text('handler'),
    mode: text('mode') === 'enforce' ? 'enforce' : 'shadow',
    time: numberIn(row, 'time'),
    seed: numberIn(row, 'seed'),
    event: text('event'),
    config: text('config'),
    hostCalls: listIn(row, 'host_calls').filter(isHostCall),
    isWhole: numberIn(row, 'is_whole') === 1,
    status: text('status'),
    result: text('result'),
    message: text('message'),
    decision: text('decision'),
    cpuMs: numberIn(row, 'cpu_ms'),
    wallMs: numberIn(row, 'wall_ms'),
  }
}

function isHostCall(value: unknown): value is HostCall {
  return typeof value === 'object' && value !== null && 'name' in value && 'args' in value && 'text' in value
}

function whoseAndWhen(row: SqlRow): { plugin: string; repository: string; time: number } {
  return { plugin: textIn(row, 'plugin'), repository: textIn(row, 'repository'), time: numberIn(row, 'time') }
}

function listIn(row: SqlRow, name: string): unknown[] {
  const value: unknown = JSON.parse(textIn(row, name))
  return Array.isArray(value) ? value : []
}
