import { join } from 'node:path'
import type { ServiceManager } from './manager.ts'
import type { ServiceProgram } from './program.ts'

const label = 'dev.aios.daemon'
/** 077 in octal: what the daemon makes is for its user alone. */
const umask = 0o077

/** Returns how launchd keeps the daemon for one user. */
export function launchdService(program: ServiceProgram, environment: NodeJS.ProcessEnv): ServiceManager {
  const file = join(environment['HOME'] ?? '', 'Library', 'LaunchAgents', `${label}.plist`)
  const domain = `gui/${process.getuid?.() ?? 0}`
  return {
    name: 'launchd',
    file,
    text: launchAgent(program),
    start: [['launchctl', 'bootstrap', domain, file]],
    stop: [['launchctl', 'bootout', `${domain}/${label}`]],
    forget: [],
    state: ['launchctl', 'print', `${domain}/${label}`],
    remarks: [],
  }
}

/** Returns the agent’s property list. */
function launchAgent({ words, environment, logFile }: ServiceProgram): string {
  const settings = Object.entries(environment).map(
    ([name, value]) => `    <key>${escaped(name)}</key><string>${escaped(value)}</string>`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- Written by \`aios service install\`, and taken away by \`aios service uninstall\`. Changes made here are lost. -->
<plist version="1.0">
<dict>
  <key>Label</key><string>${label}</string>
  <key>ProgramArguments</key>
  <array>
${words.map((word) => `    <string>${escaped(word)}</string>`).join('\n')}
  </array>
  <key>EnvironmentVariables</key>
  <dict>
${settings.join('\n')}
  </dict>
  <key>RunAtLoad</key><true/>
  <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>
  <key>ThrottleInterval</key><integer>5</integer>
  <key>ProcessType</key><string>Background</string>
  <key>Umask</key><integer>${umask}</integer>
  <key>StandardOutPath</key><string>${escaped(logFile)}</string>
  <key>StandardErrorPath</key><string>${escaped(logFile)}</string>
</dict>
</plist>
`
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
