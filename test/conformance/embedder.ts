import { afterEach, describe, expect, test } from 'vitest'
import type { Embedder, TextBatch } from '../../daemon/embedder/embedder.ts'

const forever = new AbortController().signal
// In two parts, so that nobody who searches this repository for secrets finds one.
const secret = `ghp_${'x7Qm2Lp9Vb4Kc8Zt1Rw5Yh3Nd6Jf0Sg2Ae4U'.slice(0, 36)}`

/** Says what every embedder owes to those who use it. */
export function describeEmbedder(name: string, create: () => Promise<Embedder>): void {
  describe(`${name}`, () => {
    const open: Embedder[] = []
    const createOne = async () => {
      const embedder = await create()
      open.push(embedder)
      return embedder
    }
    afterEach(async () => {
      for (const embedder of open.splice(0)) await embedder.close()
    })

    test('every list of a digest has one entry a text', async () => {
      const embedder = await createOne()
      const digest = await embedder.digest(messages('The tide turns.', '', 'Noon.'), forever)

      expect(digest.terms).toHaveLength(3)
      expect(digest.texts).toHaveLength(3)
      expect(digest.tokens).toHaveLength(3)
      expect(digest.redactions).toHaveLength(3)
      expect(digest.vectors).toHaveLength(3 * embedder.dimensions)
    })

    test('a batch without texts has an empty digest', async () => {
      const embedder = await createOne()

      expect(await embedder.digest(messages(), forever)).toEqual({
        terms: [],
        vectors: new Float32Array(),
        tokens: new Uint32Array(),
        redactions: new Uint32Array(),
        texts: [],
      })
    })

    test('a vector is one long, or zero when there is nothing to say', async () => {
      const embedder = await createOne()
      const { vectors } = await embedder.digest(messages('The tide turns at noon.', '--- !'), forever)

      expect(lengthOf(vectors.subarray(0, embedder.dimensions))).toBeCloseTo(1, 5)
      expect(lengthOf(vectors.subarray(embedder.dimensions))).toBe(0)
      expect(lengthOf(await embedder.embedQuestion('When does the tide turn?', forever))).toBeCloseTo(1, 5)
    })

    test('a question is nearer to the text that answers it than to another', async () => {
      const embedder = await createOne()
      const { vectors } = await embedder.digest(
        messages('The tide turns at noon.', 'Release the lock before the cache is flushed.'),
        forever,
      )
      const question = await embedder.embedQuestion('when does the tide turn, at noon?', forever)

      const [answer, unrelated] = [0, 1].map((at) =>
        product(question, vectors.subarray(at * embedder.dimensions, (at + 1) * embedder.dimensions)),
      )
      expect(answer).toBeGreaterThan(unrelated ?? 1)
    })

    test('a text has the same digest alone and among others, today and tomorrow', async () => {
      const embedder = await createOne()
      const texts = ['The tide turns at noon.', 'readFileSync in café', 'three', 'four'.repeat(99)]
      const alone = await embedder.digest(messages(texts[1] ?? ''), forever)
      const many = Array.from({ length: 200 }, (_, at) => texts[at % texts.length] ?? '')
      const among = await (await createOne()).digest(messages(...many), forever)

      for (let at = 1; at < many.length; at += texts.length) {
        expect(among.terms[at]).toBe(alone.terms[0])
        expect(among.tokens[at]).toBe(alone.tokens[0])
        const start = at * embedder.dimensions
        expect(among.vectors.slice(start, start + embedder.dimensions)).toEqual(alone.vectors)
      }
    })

    test('terms are in lower case, each once, identifiers whole and in parts', async () => {
      const embedder = await createOne()
      const { terms } = await embedder.digest(messages('readFile reads a FILE with read_file'), forever)

      expect(terms[0]?.split(' ').toSorted()).toEqual(
        ['file', 'read', 'read_file', 'readfile', 'reads', 'with'].toSorted(),
      )
    })

    test('of a hunk only the changed lines count', async () => {
      const embedder = await createOne()
      const digest = await embedder.digest(
        batch('hunk', [' context\n-before\n+after\n\\ No newline at end of file\n'], []),
        forever,
      )

      expect(digest.terms).toEqual(['before after'])
      expect(digest.texts).toEqual([])
    })

    test('labels are searched with their text', async () => {
      const embedder = await createOne()
      const { terms } = await embedder.digest(batch('hunk', ['+tide\n'], ['src/seaLevel.c']), forever)

      expect(terms[0]?.split(' ')).toEqual(
        expect.arrayContaining(['src', 'sea', 'level', 'sealevel', 'tide']),
      )
    })

    test('no secret reaches terms, vectors or texts, and each is counted', async () => {
      const embedder = await createOne()
      const digest = await embedder.digest(messages(`push with ${secret} or not`, 'harmless'), forever)
      const clean = await embedder.digest(messages(digest.texts[0] ?? ''), forever)

      expect([...digest.redactions]).toEqual([1, 0])
      expect(digest.texts).toEqual(['push with [redacted:github] or not', 'harmless'])
      expect(digest.terms.join(' ')).not.toContain(secret.toLowerCase())
      expect(digest.vectors.subarray(0, embedder.dimensions)).toEqual(clean.vectors)
    })

    test('a text that is not valid UTF-8 is digested all the same', async () => {
      const embedder = await createOne()
      const bytes = Uint8Array.of(0xff, 0xfe, 0x74, 0x69, 0x64, 0x65, 0xc3)
      const offsets = Uint32Array.of(0, bytes.length)
      const { terms } = await embedder.digest({ bytes, offsets, shape: 'message', labels: [] }, forever)

      expect(terms).toEqual(['tide'])
    })

    test('who has given up gets no digest', async () => {
      const embedder = await createOne()
      const signal = AbortSignal.abort(new Error('enough'))

      await expect(embedder.digest(messages('The tide turns.'), signal)).rejects.toThrow('enough')
      await expect(embedder.embedQuestion('tide', signal)).rejects.toThrow('enough')
    })
  })
}

function messages(...texts: string[]): TextBatch {
  return batch('message', texts, [])
}

function batch(shape: TextBatch['shape'], texts: readonly string[], labels: readonly string[]): TextBatch {
  const parts = texts.map((text) => Buffer.from(text))
  const offsets = new Uint32Array(parts.length + 1)
  for (const [at, part] of parts.entries()) offsets[at + 1] = (offsets[at] ?? 0) + part.length
  return { bytes: new Uint8Array(Buffer.concat(parts)), offsets, shape, labels }
}

function lengthOf(vector: Float32Array): number {
  return Math.sqrt(product(vector, vector))
}

function product(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0)
}
