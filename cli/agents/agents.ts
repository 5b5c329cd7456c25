import { join } from 'node:path'
import type { Program } from '../program.ts'

/** Whose settings: the user's own, or those that lie in a project. */
export type Scope = 'user' | 'project'

/** Where files of settings are looked for. */
export interface Place {
  readonly home: string
  /** The top of the project. */
  readonly project: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
}

/** What stands in the settings for one server. */
export type Entry = Readonly<Record<string, unknown>>

/** One coding agent, and how it is told of an MCP server. */
export interface Agent {
  readonly id: string
  readonly name: string
  readonly format: 'json' | 'toml'
  /** The program's name on the PATH. */
  readonly program: string
  /** Folders and files in the home that tell that it is used here. */
  traces(place: Place): string[]
  /** Returns the file of settings. Of several, the first that exists is meant, else the first. */
  files(scope: Scope, place: Place): string[]
  /** The keys that lead to the servers, by what stands in the file. */
  keys(settings: unknown): readonly string[]
  entry(program: Program, environment: Readonly<Record<string, string>>): Entry
}

/** The agents that aios knows, each by its own documentation. */
export const agents: readonly Agent[] = [
  {
    // https://code.claude.com/docs/en/mcp#mcp-installation-scopes
    id: 'claude',
    name: 'Claude Code',
    format: 'json',
    program: 'claude',
    traces: (place) => [claudeFile(place), join(place.home, '.claude')],
    files: (scope, place) => [scope === 'user' ? claudeFile(place) : join(place.project, '.mcp.json')],
    keys: () => ['mcpServers'],
    entry: (program, env) => ({ type: 'stdio', ...started(program, env) }),
  },
  {
    // https://cursor.com/docs/context/mcp#configuration-locations
    id: 'cursor',
    name: 'Cursor',
    format: 'json',
    program: 'cursor',
    traces: ({ home }) => [join(home, '.cursor')],
    files: (scope, place) => [join(scope === 'user' ? place.home : place.project, '.cursor', 'mcp.json')],
    keys: () => ['mcpServers'],
    entry: started,
  },
  {
    // https://code.visualstudio.com/docs/agents/reference/mcp-configuration
    id: 'vscode',
    name: 'VS Code',
    format: 'json',
    program: 'code',
    traces: (place) => [join(codeFolder(place), 'User')],
    files: (scope, place) => [
      scope === 'user'
        ? join(codeFolder(place), 'User', 'mcp.json')
        : join(place.project, '.vscode', 'mcp.json'),
    ],
    keys: () => ['servers'],
    entry: (program, env) => ({ type: 'stdio', ...started(program, env) }),
  },
  {
    // https://developers.openai.com/codex/mcp: a project's file counts once the project is trusted.
    id: 'codex',
    name: 'Codex',
    format: 'toml',
    program: 'codex',
    traces: (place) => [codexFolder(place)],
    files: (scope, place) => [
      join(scope === 'user' ? codexFolder(place) : join(place.project, '.codex'), 'config.toml'),
    ],
    keys: () => ['mcp_servers'],
    entry: started,
  },
  {
    // https://geminicli.com/docs/tools/mcp-server/#configure-the-mcp-server-in-settingsjson
    id: 'gemini',
    name: 'Gemini CLI',
    format: 'json',
    program: 'gemini',
    traces: ({ home }) => [join(home, '.gemini')],
    files: (scope, place) => [
      join(scope === 'user' ? place.home : place.project, '.gemini', 'settings.json'),
    ],
    keys: () => ['mcpServers'],
    entry: started,
  },
  {
    // https://opencode.ai/docs/mcp-servers/ and, for `mcp.servers`, https://opencode.ai/v2/docs/migrate-v1: a file
    // keeps the shape that it has; both versions read the older one.
    id: 'opencode',
    name: 'opencode',
    format: 'json',
    program: 'opencode',
    traces: (place) => [opencodeFolder(place)],
    files(scope, place) {
      const folder = scope === 'user' ? opencodeFolder(place) : place.project
      return [join(folder, 'opencode.json'), join(folder, 'opencode.jsonc')]
    },
    keys: (settings) => (isObject(at(settings, 'mcp', 'servers')) ? ['mcp', 'servers'] : ['mcp']),
    entry: ({ node, script }, env) => ({
      type: 'local',
      command: [node, script, 'mcp'],
      enabled: true,
      ...(Object.keys(env).length === 0 ? {} : { environment: env }),
    }),
  },
]

/** Returns the value at the end of the keys; undefined when there is none. */
export function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (here, key) => (isObject(here) && Object.hasOwn(here, key) ? here[key] : undefined),
    value,
  )
}

/** Says whether the value is an object with names. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function started({ node, script }: Program, env: Readonly<Record<string, string>>): Entry {
  return { command: node, args: [script, 'mcp'], ...(Object.keys(env).length === 0 ? {} : { env }) }
}

function claudeFile({ home, environment }: Place): string {
  return join(named(environment['CLAUDE_CONFIG_DIR']) ?? home, '.claude.json')
}

function codexFolder({ home, environment }: Place): string {
  return named(environment['CODEX_HOME']) ?? join(home, '.codex')
}

function opencodeFolder(place: Place): string {
  return join(configFolder(place), 'opencode')
}

function codeFolder(place: Place): string {
  const { home, environment, platform } = place
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Code')
  if (platform === 'win32')
    return join(named(environment['APPDATA']) ?? join(home, 'AppData', 'Roaming'), 'Code')
  return join(configFolder(place), 'Code')
}

function configFolder({ home, environment }: Place): string {
  return named(environment['XDG_CONFIG_HOME']) ?? join(home, '.config')
}

function named(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}
