import type { ConfigAnswer } from '../../contract/config-answer.ts'
import { daemonRoutes } from '../../contract/daemon-routes.ts'
import { AiosError, errorKinds } from '../../contract/errors.ts'
import { nearest } from '../../contract/nearest.ts'
import { command, group, type Context } from '../command.ts'
import { answer } from '../outcome.ts'
import { sanitise } from '../../contract/plain.ts'
import { safeJson, sanitiseLines } from '../sanitise.ts'
import { styled, type Terminal } from '../terminal.ts'
import { fit, pad } from '../width.ts'

type Setting = ConfigAnswer['settings'][number]

const show = command({
  name: 'show',
  summary: 'show each setting in force and where it comes from',
  run: async (context) => answer('config', await read(context), printSettings),
})

const get = command({
  name: 'get',
  summary: 'print the value of one setting',
  arguments: [{ name: '<key>', summary: 'dotted, as in recall.limit' }],

  async run(context, [key = '']) {
    const setting = settingOf(await read(context), key)
    return answer('config-get', setting, ({ value }, terminal) => terminal.line(textOf(value)))
  },
})

const scope = {
  kind: 'text',
  flags: '--scope <scope>',
  summary: 'whose file is changed; yours unless you say repository',
  choices: ['user', 'repository'],
} as const

const set = command({
  name: 'set',
  summary: 'change one setting; comments in the file stay',
  arguments: [
    { name: '<key>', summary: 'dotted, as in recall.limit' },
    { name: '<value>', summary: 'as it would stand in YAML' },
  ],
  options: { scope },

  async run(context, [key = '', value = ''], { scope: whose }) {
    const written = await write(context, key, value, whose)
    return answer('config-set', settingOf(written, key), printOne)
  },
})

const unset = command({
  name: 'unset',
  summary: 'take one setting out of its file, so that the default holds again',
  arguments: [{ name: '<key>', summary: 'dotted, as in recall.limit' }],
  options: { scope },

  async run(context, [key = ''], { scope: whose }) {
    const { settings } = await write(context, key, undefined, whose)
    const setting = settings.find((one) => one.key === key)
    return answer('config-unset', setting ?? { key }, (_, terminal) =>
      setting === undefined ? terminal.line(`${key} is not set.`) : printOne(setting, terminal),
    )
  },
})

async function write(
  { connect, repository }: Context,
  key: string,
  value: string | undefined,
  whose: string | undefined,
): Promise<ConfigAnswer> {
  const client = await connect()
  return client.call(daemonRoutes.setConfig, {
    key,
    ...(value === undefined ? {} : { value }),
    ...(whose === 'repository' ? { scope: whose, repository } : { scope: 'user' }),
  })
}

const check = command({
  name: 'check',
  summary: 'say what is wrong with the configuration files',

  async run(context) {
    const { files, problems } = await read(context)
    const exit = problems.length === 0 ? 0 : errorKinds['config.invalid'].exit
    return answer('config-check', { files, problems }, printCheck, exit)
  },
})

export default group('config', 'show and change settings', [show, get, set, unset, check])

/** Returns the settings in force here; outside of a registered repository, those in force everywhere. */
async function read(context: Context): Promise<ConfigAnswer> {
  const client = await context.connect()
  try {
    return await client.call(daemonRoutes.config, { repository: context.repository })
  } catch (error) {
    const isElsewhere = error instanceof AiosError && error.code.startsWith('repository.')
    if (!isElsewhere) throw error
    return client.call(daemonRoutes.config, {})
  }
}

function settingOf({ settings }: ConfigAnswer, key: string): Setting {
  const found = settings.find((setting) => setting.key === key)
  if (found !== undefined) return found
  const meant = nearest(
    key,
    settings.map((setting) => setting.key),
  )
  const suggestion = meant === undefined ? '' : ` Did you mean \`${meant}\`?`
  throw new AiosError('command.usage', `There is no setting \`${key}\`.${suggestion}`)
}

function printSettings({ settings, problems }: ConfigAnswer, terminal: Terminal): void {
  const widest = Math.max(...settings.map(({ key }) => key.length))
  for (const setting of settings) printSetting(setting, Math.min(widest, terminal.width - 30), terminal)
  printProblems(problems, terminal)
}

function printSetting({ key, value, origin }: Setting, width: number, terminal: Terminal): void {
  const shown = fit(
    sanitise(textOf(value)),
    Math.max(8, terminal.room - width - 4 - Math.min(origin.length, 30)),
  )
  const isDefault = origin === 'default'
  terminal.line(
    styled('cyan', pad(key, width)),
    '  ',
    shown,
    '  ',
    styled(isDefault ? 'dim' : 'green', origin),
  )
}

function printOne(setting: Setting, terminal: Terminal): void {
  printSetting(setting, 0, terminal)
}

function printCheck({ files, problems }: Pick<ConfigAnswer, 'files' | 'problems'>, terminal: Terminal): void {
  // What is wrong with the others says which they are.
  for (const { path, exists } of files.filter(({ valid }) => valid)) {
    terminal.line(
      exists ? styled('green', '✔ ') : styled('dim', '· '),
      path,
      exists ? '' : styled('dim', ' (absent)'),
    )
  }
  printProblems(problems, terminal)
}

function printProblems(problems: ConfigAnswer['problems'], terminal: Terminal): void {
  for (const { message, hint } of problems) {
    for (const line of sanitiseLines(message)) terminal.line(styled('red', '✖ '), line)
    terminal.line('  ', styled('cyan', hint))
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : safeJson(value)
}
