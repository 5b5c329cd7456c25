import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { setStage, type Ended } from './stage.ts'
import { readStory, type Expectation, type Step } from './story.ts'

const folder = import.meta.dirname
const stories = readdirSync(folder)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => ({ name, story: readStory(readFileSync(join(folder, name), 'utf8')) }))

test('there are stories, and each has a sentence and steps', () => {
  expect(stories.length).toBeGreaterThan(5)
  for (const { story } of stories) {
    expect(story.title).toMatch(/^[A-Z].*\.$/)
    expect(story.steps.length).toBeGreaterThan(1)
  }
})

test.each(stories)('$name: $story.title', { timeout: 180_000 }, async ({ story }) => {
  const stage = await setStage(story)
  const failures: string[] = []
  for (const step of story.steps) {
    failures.push(...judge(step, await stage.run(step.command)))
    if (failures.length > 0) break
  }
  const left = await stage.clear()
  expect(failures).toEqual([])
  expect(left).toEqual([])
})

/** Returns what is not as the story tells it; a command that says nothing of its exit must end well. */
function judge({ line, command, expected }: Step, ended: Ended): string[] {
  const exit = expected.find(({ kind }) => kind === 'exit') ?? { line, kind: 'exit' as const, text: '0' }
  const wrong = [exit, ...expected].find((one) => !isMet(one, ended))
  if (wrong === undefined) return []
  const { stdout, stderr } = ended
  const told = `line ${wrong.line}: expected ${wrong.kind} ${wrong.text}`
  return [`${told} of \`${command}\`, which ended with ${ended.exit}\n${stdout}\n${stderr}`]
}

function isMet({ kind, text }: Expectation, { stdout, stderr, exit }: Ended): boolean {
  switch (kind) {
    case 'stdout':
      return stdout.includes(text)
    case 'stdout!':
      return !stdout.includes(text)
    case 'stderr':
      return stderr.includes(text)
    case 'stderr!':
      return !stderr.includes(text)
    case 'exit':
      return exit === Number(text)
    case 'json':
      return isInJson(stdout, text)
  }
}

/** Says whether the value at `data.hits.0.subject` is what stands behind it. */
function isInJson(stdout: string, text: string): boolean {
  const [path = '', ...words] = text.split(' ')
  let value: unknown = parsed(stdout)
  for (const name of path.split('.')) value = new Map(Object.entries(Object(value) ?? {})).get(name)
  const wanted = words.join(' ')
  return value === wanted || JSON.stringify(value) === wanted
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
