import { readFileSync } from 'node:fs'
import { Validator } from '@seriousme/openapi-schema-validator'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import type { Route } from '../../contract/route.ts'
import { routes } from '../../contract/routes.ts'
import { clientFrames, serverFrames } from '../../contract/web-socket.ts'
import { createSessions } from '../../daemon/guard/sessions.ts'
import { apiMounts } from '../../daemon/http/api-mounts.ts'
import { openApi } from '../../daemon/http/openapi.ts'
import { pairingMounts } from '../../daemon/http/pairing.ts'
import { createLifecycle } from '../../daemon/lifecycle.ts'
import { mcpMount } from '../../daemon/open-mcp.ts'
import { version } from '../../daemon/version.ts'
import { answersWith } from './answers.ts'

/** The document as it travels. */
const text = JSON.stringify(openApi(version()))
const document: Record<string, unknown> = { ...JSON.parse(text) }
const every: [string, Route][] = Object.entries(routes)

test('it is an OpenAPI 3.1 document, as the schema that OpenAPI publishes says', async () => {
  const validator = new Validator()
  expect(await validator.validate({ ...document })).toEqual({ valid: true })
  expect(validator.version).toBe('3.1')
})

test('the page in docs/reference is this document', () => {
  expect(JSON.parse(readFileSync('docs/reference/openapi.json', 'utf8'))).toEqual(document)
})

test.each(every)('%s is in it, with everything that it takes', (name, route) => {
  const path = route.path.replace(/:([a-z]+)/gi, '{$1}')
  const operation = at(document, 'paths', path, route.method.toLowerCase())
  expect(operation).toMatchObject({ operationId: name, 'x-aios-role': route.role, 'x-aios-cost': route.cost })
  const body = at(operation, 'requestBody', 'content', 'application/json', 'schema', 'properties')
  const parameters = at(operation, 'parameters')
  const asked = Array.isArray(parameters) ? parameters.filter((one) => at(one, 'in') !== 'header') : []
  const named = asked.map((one) => at(one, 'name'))
  const fields = typeof route.input === 'object' && 'properties' in route.input ? route.input.properties : {}
  expect(new Set([...named, ...Object.keys(Object(body))])).toEqual(new Set(Object.keys(Object(fields))))
  expect(at(operation, 'responses', 'default')).toEqual({ $ref: '#/components/responses/Problem' })
})

test('what stands beside the routes is in it, or it says that it is not', () => {
  const logger = pino({ level: 'silent' })
  const lifecycle = createLifecycle(() => {})
  const beside = [
    ...apiMounts(version()),
    mcpMount({ answers: answersWith(), lifecycle, logger }),
    ...pairingMounts({ sessions: createSessions(Date.now), isSecure: false, now: Date.now }),
  ]
  expect(beside.length).toBeGreaterThan(4)
  const named = `${Object.keys(Object(document['paths'])).join(' ')} ${String(at(document, 'info', 'description'))}`
  for (const { path } of beside) expect(named).toContain(path)
})

test('long work may be accepted, and what changes something takes a key, unless its answer is a secret', () => {
  const about = (path: string, method: string) => {
    const operation = at(document, 'paths', path, method)
    const parameters = at(operation, 'parameters')
    const headers = Array.isArray(parameters) ? parameters.filter((one) => at(one, 'in') === 'header') : []
    return [headers.map((one) => at(one, 'name')), Object.keys(Object(at(operation, 'responses')))]
  }
  const [reindexed, accepted] = about('/v1/repositories/{repository}/reindex', 'post')
  expect(reindexed).toEqual(['Idempotency-Key', 'Prefer', 'Priority'])
  expect(accepted).toEqual(expect.arrayContaining(['200', '202', '409', '422']))
  expect(about('/v1/users', 'post')[0]).toEqual([])
  expect(about('/v1/recall', 'post')).toEqual([[], expect.not.arrayContaining(['202'])])
})

test('what it refers to is in it', () => {
  const references = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path)
  expect(references.length).toBeGreaterThan(20)
  for (const reference of new Set(references)) {
    expect([reference, at(document, ...reference.split('/'))]).not.toEqual([reference, undefined])
  }
})

test('every frame of the WebSocket is in it', () => {
  const schemas = Object.keys(Object(at(document, 'components', 'schemas')))
  const frames = schemas.filter((name) => name.endsWith('Frame'))
  expect(frames).toHaveLength(Object.keys(clientFrames).length + Object.keys(serverFrames).length)
})

function at(value: unknown, ...path: readonly string[]): unknown {
  let here = value
  for (const name of path) {
    here =
      typeof here === 'object' && here !== null
        ? Object.entries(here).find(([key]) => key === name)?.[1]
        : undefined
  }
  return here
}
