import type { FastifyInstance } from 'fastify'

/**
 * Teaches the door how hooks speak, because a shell has no JSON: fields as `name=value`, each ended by a zero
 * byte, which can stand in no path and no argument.
 *
 * Its type is one that no browser sends to another site without asking first.
 */
export function acceptHookForms(app: FastifyInstance): void {
  app.addContentTypeParser<Buffer>('application/x-aios-hook', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, readHookForm(body.toString())),
  )
}

/** Returns the fields; what is empty is absent, and each `argument` is one of the `arguments`. */
function readHookForm(text: string): Record<string, unknown> {
  const fields = text.split('\0').flatMap((field) => {
    const at = field.indexOf('=')
    return at < 1 ? [] : [{ name: field.slice(0, at), value: field.slice(at + 1) }]
  })
  const given = fields.filter(({ name, value }) => name !== 'argument' && value !== '')
  const words = fields.filter(({ name }) => name === 'argument').map(({ value }) => value)
  return {
    ...Object.fromEntries(given.map(({ name, value }) => [name, value])),
    ...(words.length === 0 ? {} : { arguments: words }),
  }
}
