import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { expect, test } from 'vitest'
import { launchdService } from '../../../cli/service/launchd.ts'
import { removeServiceFile, serviceFile, writeServiceFile } from '../../../cli/service/manager.ts'
import { serviceProgram } from '../../../cli/service/program.ts'
import { systemdService } from '../../../cli/service/systemd.ts'
import { stateFolders } from '../../../contract/state.ts'

const home = mkdtempSync(join(tmpdir(), 'service-'))
const hard = join(home, 'a "b" %n $HOME & <c>')
const environment = { HOME: home, AIOS_HOME: hard, PATH: `${hard}:/usr/bin`, SECRET: 'hunter2' }
const folders = stateFolders(environment)
const program = serviceProgram(environment, folders)
const has = (name: string) => spawnSync(name, ['--version']).status === 0

test('a service is started with whole paths, and with nothing of the shell that installed it but places', () => {
  expect(program.words.filter((word) => isAbsolute(word))).toHaveLength(2)
  expect(program.environment).toMatchObject({ AIOS_HOME: hard, PATH: environment.PATH })
  expect(JSON.stringify(program)).not.toContain('hunter2')
  expect(() => serviceProgram({ ...environment, AIOS_HOME: '/a\nExecStart=/bin/evil' }, folders)).toThrow(
    'cannot be given',
  )
})

test.runIf(has('systemd-analyze'))('systemd finds nothing wrong with the unit', () => {
  mkdirSync(join(hard, 'state', 'logs'), { recursive: true })
  const file = join(home, 'aios.service')
  writeFileSync(file, systemdService(program, environment).text)
  const options = { env: { ...process.env, XDG_RUNTIME_DIR: home }, encoding: 'utf8' } as const
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--user', '--man=no', file], options)
  expect({ status, about: stderr.split('\n').filter((line) => line.includes('aios')) }).toEqual({
    status: 0,
    about: [],
  })
})

test('what a path holds is no order to systemd', () => {
  const words = ['/bin/a b', 'x"y\\z', '%h', '$PATH']
  const { text: unit } = systemdService({ words, environment: { A: '%i"' }, logFile: '/l%' }, environment)
  expect(unit).toContain('ExecStart="/bin/a b" "x\\"y\\\\z" "%%h" "$$PATH"\n')
  expect(unit).toContain('Environment="A=%%i\\""\n')
  expect(unit).toContain('StandardOutput=append:/l%%\n')
})

test.runIf(has('python3'))('a property list says what was meant', () => {
  const read = 'import json,plistlib,sys; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))'
  const list: unknown = JSON.parse(
    execFileSync('python3', ['-c', read], {
      input: launchdService(program, environment).text,
      encoding: 'utf8',
    }),
  )
  expect(list).toMatchObject({
    Label: 'dev.aios.daemon',
    ProgramArguments: program.words,
    EnvironmentVariables: program.environment,
    RunAtLoad: true,
    KeepAlive: { SuccessfulExit: false },
    Umask: 0o077,
    StandardOutPath: folders.logFile,
  })
})

test('a file of aios is written once, brought level and removed; one of somebody else stays', () => {
  const manager = systemdService(program, { HOME: join(home, 'other') })
  expect(serviceFile(manager)).toBe('absent')
  expect(writeServiceFile(manager)).toBe(true)
  expect(writeServiceFile(manager)).toBe(false)
  expect(serviceFile({ ...manager, text: `${manager.text}\n` })).toBe('outdated')
  expect(readFileSync(manager.file, 'utf8')).toBe(manager.text)
  expect(removeServiceFile(manager)).toBe(true)
  expect(existsSync(manager.file)).toBe(false)

  writeFileSync(manager.file, '[Unit]\n')
  expect(() => writeServiceFile(manager)).toThrow('was not written by aios')
  expect(() => removeServiceFile(manager)).toThrow('was not written by aios')
  expect(readFileSync(manager.file, 'utf8')).toBe('[Unit]\n')
})
