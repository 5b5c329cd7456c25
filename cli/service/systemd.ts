import { join } from 'node:path'
import type { ServiceManager } from './manager.ts'
import type { ServiceProgram } from './program.ts'

const unit = 'aios.service'

/** Returns how systemd keeps the daemon for one user. */
export function systemdService(program: ServiceProgram, environment: NodeJS.ProcessEnv): ServiceManager {
  const config = environment['XDG_CONFIG_HOME'] ?? join(environment['HOME'] ?? '', '.config')
  const file = join(config, 'systemd', 'user', unit)
  const control = (...words: readonly string[]) => ['systemctl', '--user', ...words]
  return {
    name: 'systemd',
    file,
    text: systemdUnit(program),
    start: [control('daemon-reload'), control('enable', '--now', unit)],
    stop: [control('disable', '--now', unit)],
    forget: [control('daemon-reload')],
    state: control('is-active', unit),
    remarks: ['It ends when you log out, unless you run `loginctl enable-linger` once.'],
  }
}

/**
 * Returns the unit.
 *
 * Its hardening is what a manager without privileges can enforce: no new rights through programs, no other
 * personality, no real-time priority, no foreign system calls. Walls around the file system are not among them, and
 * V8 writes code while it runs.
 */
function systemdUnit({ words, environment, logFile }: ServiceProgram): string {
  const settings = Object.entries(environment).map(
    ([name, value]) => `Environment=${quoted(`${name}=${value}`).replaceAll('%', '%%')}`,
  )
  const unset = environment['XDG_RUNTIME_DIR'] === undefined ? ['UnsetEnvironment=XDG_RUNTIME_DIR'] : []
  const log = `append:${logFile.replaceAll('%', '%%')}`
  return `# Written by \`aios service install\`, and taken away by \`aios service uninstall\`. Changes made here are lost.
[Unit]
Description=aios, which gives git repositories a memory
StartLimitIntervalSec=60
StartLimitBurst=5

[Service]
Type=exec
ExecStart=${words.map(asWord).join(' ')}
${[...settings, ...unset].join('\n')}
StandardOutput=${log}
StandardError=${log}
Restart=on-failure
RestartSec=2
TimeoutStopSec=30
KillMode=mixed
OOMPolicy=continue
UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native

[Install]
WantedBy=default.target
`
}

/** Returns a word of a command, in which systemd would else put variables and specifiers. */
function asWord(word: string): string {
  return quoted(word).replaceAll('%', '%%').replaceAll('$', '$$$$')
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
