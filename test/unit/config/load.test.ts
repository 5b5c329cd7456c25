import { expect, test } from 'vitest'
import { Config, settings } from '../../../contract/config.ts'
import { isValid } from '../../../contract/validate.ts'
import { describeConfig } from '../../../daemon/config.ts'
import { variableOf } from '../../../contract/variable.ts'
import { createPlace } from './config-place.ts'

test('without files every setting has the default of the schema', async () => {
  const { load } = createPlace()
  const { config, origins, problems } = await load()

  expect(isValid(Config, config)).toBe(true)
  expect(config.recall.limit).toBe(10)
  expect([...origins.keys()]).toEqual(settings().map(({ key }) => key))
  expect(new Set(origins.values())).toEqual(new Set(['default']))
  expect(problems).toEqual([])
})

test('what comes later wins, and each setting says where it comes from', async () => {
  const { load, write, userFile, repositoryFile } = createPlace()
  write(
    userFile,
    'recall:\n  limit: 11\n  abstainBelow: 0.1\ncontext:\n  budget: 111\nrelated:\n  minimumSupport: 1\n',
  )
  write(
    repositoryFile,
    '# ours\nrecall:\n  limit: 12\ncontext:\n  budget: 112\nrelated: { minimumSupport: 2 }\n',
  )
  const environment = { AIOS_CONTEXT_BUDGET: '113', AIOS_RELATED_MINIMUM_SUPPORT: '3' }
  const { config, origins } = await load({ environment, flags: { 'related.minimumSupport': '4' } })

  expect(config.recall.abstainBelow).toBe(0.1)
  expect(config.recall.limit).toBe(12)
  expect(config.context.budget).toBe(113)
  expect(config.related.minimumSupport).toBe(4)
  expect(origins.get('recall.abstainBelow')).toBe(`${userFile}:3`)
  expect(origins.get('recall.limit')).toBe(`${repositoryFile}:3`)
  expect(origins.get('context.budget')).toBe('AIOS_CONTEXT_BUDGET')
  expect(origins.get('related.minimumSupport')).toBe('command line')
  expect(origins.get('daemon.logLevel')).toBe('default')
})

test('two loads share no list', async () => {
  const { load } = createPlace()
  const first = await load()
  first.config.ingest.excludePaths.push('mine')

  expect((await load()).config.ingest.excludePaths).not.toContain('mine')
})

test.each(['', '\n', '# nothing\n', '---\n', 'null\n', '\uFEFF', 'recall:\nrelated:\n', 'recall: ~\n'])(
  'a file that sets nothing is right: %j',
  async (content) => {
    const { load, write, userFile } = createPlace()
    write(userFile, content)
    const { problems, origins } = await load({ tolerate: 'nothing' })

    expect(problems).toEqual([])
    expect(new Set(origins.values())).toEqual(new Set(['default']))
  },
)

test('a repository cannot set what is the user’s, and nothing else of its file counts then', async () => {
  const { load, problems, write, repositoryFile } = createPlace()
  write(repositoryFile, 'recall:\n  limit: 3\nembedder:\n  seed: 4\ndaemon: { logLevel: debug }\n')
  const { config } = await load()

  expect(config.embedder.seed).toBe(1)
  expect(config.daemon.logLevel).toBe('info')
  expect(config.recall.limit).toBe(10)
  expect(await problems()).toMatchInlineSnapshot(`
    "config.forbidden
    /repository/.aiosrc.yaml:3:1: embedder may be set in your own file only, not by a repository.
    /repository/.aiosrc.yaml:5:1: daemon may be set in your own file only, not by a repository."
  `)
})

test('every setting that is the user’s is refused in a repository', async () => {
  const { problems, write, repositoryFile } = createPlace()
  const own = settings().filter(({ scope }) => scope === 'user')
  expect(own.length).toBeGreaterThan(3)
  for (const { key, schema } of own) {
    const value = 'default' in schema ? schema.default : undefined
    write(
      repositoryFile,
      JSON.stringify(key.split('.').reduceRight<unknown>((below, name) => ({ [name]: below }), value)),
    )
    expect(`${key}: ${await problems()}`).toContain('config.forbidden')
  }
})

test('a mistake of the user stops the load; one of the repository does not, unless it is asked to', async () => {
  const { load, write, userFile, repositoryFile } = createPlace()
  write(repositoryFile, 'recall: 3\n')

  expect((await load()).problems.map(({ code }) => code)).toEqual(['config.invalid'])
  await expect(load({ tolerate: 'nothing' })).rejects.toMatchObject({ code: 'config.invalid' })

  write(userFile, 'recall: 3\n')
  await expect(load()).rejects.toThrow(`${userFile}:1:9`)
  expect((await load({ tolerate: 'everything' })).problems).toHaveLength(2)
})

test('each setting has a variable of its own', () => {
  const names = settings().map(({ key }) => variableOf(key))

  expect(new Set(names).size).toBe(names.length)
  expect(names).toContain('AIOS_RECALL_ABSTAIN_BELOW')
  expect(names).not.toContain('AIOS_HOME')
})

test('variables are read as YAML, empty ones and strangers are ignored, near misses are not', async () => {
  const { load, problems } = createPlace()
  const environment = {
    AIOS_INGEST_EXCLUDE_PATHS: '["**/*.map"]',
    AIOS_RECALL_LIMIT: ' ',
    AIOS_HOME: '/x',
    AIOS_SKIP: '1',
  }
  const { config } = await load({ environment })

  expect(config.ingest.excludePaths).toEqual(['**/*.map'])
  expect(config.recall.limit).toBe(10)
  const wrong = {
    AIOS_RECALL_LIMTI: '3',
    AIOS_RECALL_LIMIT: 'many',
    AIOS_DAEMON_LOG_LEVEL: 'inof',
    AIOS_INGEST_EXCLUDE_PATHS: '**/*.map',
    AIOS_CONTEXT_BUDGET: '[1',
  }
  expect(await problems({ environment: wrong, flags: { 'recall.limt': '3' } })).toMatchInlineSnapshot(`
    "config.invalid
    AIOS_RECALL_LIMTI: This is not a setting. Did you mean AIOS_RECALL_LIMIT?
    config.invalid
    AIOS_RECALL_LIMIT: recall.limit must be a whole number from 1 to 200; found the text "many".
    config.invalid
    AIOS_DAEMON_LOG_LEVEL: daemon.logLevel must be one of \`debug\`, \`info\`, \`warn\`, \`error\`, \`silent\`; found the text "inof". Did you mean info?
    config.invalid
    AIOS_INGEST_EXCLUDE_PATHS: "**/*.map" names no anchor above it; a text that begins with * needs quotes.
    config.invalid
    AIOS_CONTEXT_BUDGET: context.budget cannot be set to "[1". Something is missing: a closing quote or bracket, a comma, or a space behind a colon.
    config.invalid
    command line: "recall.limt" is not a setting. Did you mean recall.limit?"
  `)
})

test('the answer lists each setting with its value, its origin and the files that were looked for', async () => {
  const { load, write, userFile, repositoryFile } = createPlace()
  write(repositoryFile, 'recal: {}\n')
  const {
    settings: shown,
    files,
    problems,
  } = describeConfig(await load({ environment: { AIOS_RECALL_LIMIT: '7' } }))

  expect(shown.map(({ key }) => key)).toEqual(settings().map(({ key }) => key))
  expect(shown).toContainEqual({ key: 'recall.limit', value: 7, origin: 'AIOS_RECALL_LIMIT' })
  expect(files).toEqual([
    { path: userFile, exists: false, valid: true, scope: 'user' },
    { path: repositoryFile, exists: true, valid: false, scope: 'repository' },
  ])
  expect(problems).toEqual([
    {
      code: 'config.invalid',
      message: `${repositoryFile}:1:1: "recal" is not a section of the settings. Did you mean recall?`,
      hint: 'Correct what the message names, then run `aios config check`.',
    },
  ])
})

test('the file of this repository is right', async () => {
  const { load } = createPlace()
  const { origins } = await load({ repositoryFile: '.aiosrc.yaml', tolerate: 'nothing' })

  expect(origins.get('ingest.excludePaths')).toMatch(/^\.aiosrc\.yaml:\d+$/)
})
