import { homedir, tmpdir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'

/** Where everything that aios keeps outside repositories lives. */
export interface StateFolders {
  /** What is remembered. Can be rebuilt from git. */
  readonly state: string
  /** The user's own configuration file. */
  readonly configFile: string
  /** Socket, lock and `service.json`; only its owner may enter. */
  readonly runtime: string
  /** How a running daemon is found. */
  readonly serviceFile: string
  /** The token that programs of this user show on TCP. */
  readonly tokenFile: string
  /** Where the daemon listens. Its folder is the runtime folder, or a short one where that is too long. */
  readonly socket: string
  /** What a daemon that nobody watches has to say. */
  readonly logFile: string
}

/** Bytes that fit into the address of a Unix socket: 108 on Linux and 104 on macOS, less the closing zero. */
const socketPathBytes = process.platform === 'darwin' ? 103 : 107

/** Returns the folders: `AIOS_HOME` when set moves them all, else XDG's. */
export function stateFolders(environment: Readonly<Record<string, string | undefined>>): StateFolders {
  const { state, configFile, runtime } = roots(environment)
  return {
    state,
    configFile,
    runtime,
    serviceFile: join(runtime, 'service.json'),
    tokenFile: join(runtime, 'token'),
    socket: socketIn(runtime),
    logFile: join(state, 'logs', 'daemon.log'),
  }
}

function roots(
  environment: Readonly<Record<string, string | undefined>>,
): Pick<StateFolders, 'state' | 'configFile' | 'runtime'> {
  const home = environment['AIOS_HOME']
  if (home !== undefined && home !== '') {
    const root = resolve(home)
    return { state: join(root, 'state'), configFile: join(root, 'config.yaml'), runtime: join(root, 'run') }
  }
  const user = environment['HOME'] ?? homedir()
  const state = join(absolute(environment['XDG_STATE_HOME']) ?? join(user, '.local', 'state'), 'aios')
  const config = join(absolute(environment['XDG_CONFIG_HOME']) ?? join(user, '.config'), 'aios')
  const runtimeRoot = absolute(environment['XDG_RUNTIME_DIR'])
  const runtime = runtimeRoot === undefined ? join(state, 'run') : join(runtimeRoot, 'aios')
  return { state, configFile: join(config, 'config.yaml'), runtime }
}

/** XDG wants a path that is not absolute to be passed over; it would mean another folder to everyone. */
function absolute(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined
}

function socketIn(runtime: string): string {
  const path = join(runtime, 'aios.sock')
  if (Buffer.byteLength(path) <= socketPathBytes) return path
  const short = join(`aios-${process.getuid?.() ?? 0}-${hash(runtime)}`, 'aios.sock')
  const temporary = join(tmpdir(), short)
  return Buffer.byteLength(temporary) <= socketPathBytes ? temporary : join('/tmp', short)
}

/** Returns 64 bits of FNV-1a. Others cannot take the name: whoever uses the folder checks who owns it. */
function hash(text: string): string {
  let value = 0xcbf29ce484222325n
  for (const byte of Buffer.from(text))
    value = ((value ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn
  return value.toString(16).padStart(16, '0')
}
