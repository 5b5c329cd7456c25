import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeTerms, readWeights, type Weights } from '../native-workers/trained-table.ts'
import { startTrainer } from '../native-workers/trainer.ts'
import { weightsFile } from '../native-workers/trainer-files.ts'
import { createKeywordRanking, createVectorRanking, reciprocalRanks, type Asked } from './hidden-messages.ts'
import { usageOf, watchPeak } from './processes.ts'
import { round } from './report.ts'
import { readTexts, type CommitTexts } from './texts.ts'

const forever = new AbortController().signal
const settings = { dimensions: 128, seed: 1, trainFrom: 1 }
const mostQuestions = 500
/** How much a vector counts beside full text; found on the oldest 60 % of histories, by `tune`. */
const vectorShare = 0.35
/** How much of the newest part asks; the rest teaches. */
const askingShare = 0.2

/** Trains on the oldest part of a history, and asks the newest for diffs by the subjects of their hidden messages. */
export async function* benchTrain(repository: string): AsyncGenerator<object> {
  yield* measure(await readTexts(repository), [vectorShare])
}

/** Does the same within the oldest 60 %, where what is to be reported may be chosen. */
export async function* benchTune(repository: string): AsyncGenerator<object> {
  const commits = await readTexts(repository)
  yield* measure(commits.slice(0, Math.floor(commits.length * 0.6)), [0.15, 0.25, 0.35, 0.5, 0.75, 1])
}

async function* measure(commits: readonly CommitTexts[], shares: readonly number[]): AsyncGenerator<object> {
  const taught = Math.floor(commits.length * (1 - askingShare))
  const folder = await mkdtemp(join(tmpdir(), 'aios-train-'))
  try {
    const { weights, ...figures } = await learn(commits.slice(0, taught), folder)
    yield { figure: 'training', commits: taught, ...figures }
    const passages = commits.flatMap((commit) => commit.passages)
    const began = performance.now()
    const vectors = encodeTerms(passages, weights)
    const seconds = (performance.now() - began) / 1000
    yield { figure: 'encoding', passages: passages.length, perSecond: Math.round(passages.length / seconds) }
    yield* ask(commits, taught, vectors, weights, shares)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function learn(
  commits: readonly CommitTexts[],
  folder: string,
): Promise<{ seconds: number; cpuSeconds: number; peakMib: number; weights: Weights }> {
  const entry = new URL('../native-workers/trainer-main.ts', import.meta.url)
  const began = performance.now()
  const trainer = startTrainer({ entry }, forever)
  const peak = watchPeak(trainer.pid ?? 0)
  for (let at = 0; at < commits.length; at += 500) await handOver(trainer, commits.slice(at, at + 500))
  const { hash = '' } = await trainer.train(settings, folder)
  const seconds = round((performance.now() - began) / 1000)
  const peakMib = round(peak() / 1024 ** 2)
  const { cpuSeconds } = usageOf(trainer.pid ?? 0)
  trainer.close()
  const weights = readWeights(await readFile(weightsFile(folder, hash)), hash)
  if (weights === undefined) throw new Error('the weights were not kept as they are')
  return { seconds, cpuSeconds, peakMib, weights }
}

async function handOver(
  trainer: ReturnType<typeof startTrainer>,
  commits: readonly CommitTexts[],
): Promise<void> {
  await trainer.addMessages(
    commits.map(({ oid }) => oid),
    commits.map(({ message }) => message),
  )
  const passages = commits.flatMap(({ oid, passages }) =>
    passages.map((terms, ordinal) => ({ oid, terms, ordinal })),
  )
  await trainer.addPassages(
    passages.map(({ oid }) => oid),
    Uint32Array.from(passages, ({ ordinal }) => ordinal),
    passages.map(({ terms }) => terms),
  )
}

function* ask(
  commits: readonly CommitTexts[],
  taught: number,
  vectors: Float32Array,
  weights: Weights,
  shares: readonly number[],
): Generator<object> {
  const newest = commits.length - taught
  const step = Math.max(1, newest / mostQuestions)
  const asked: Asked[] = []
  for (let at = taught; at < commits.length; at += step) asked.push(askedOf(commits, Math.floor(at)))
  const keywords = createKeywordRanking(commits)
  const vector = createVectorRanking(commits, vectors, weights)
  const means = (share: number, only?: 'vectors') =>
    meanOf(
      reciprocalRanks(asked, (question) => {
        const near = vector(question)
        return only === undefined ? sumOf(keywords(question), near, share) : near
      }),
    )
  const alone = meanOf(reciprocalRanks(asked, keywords))
  yield { figure: 'MRR of BM25 over terms', questions: asked.length, mrr: round4(alone) }
  yield { figure: 'MRR of vectors', questions: asked.length, mrr: round4(means(1, 'vectors')) }
  for (const share of shares) {
    const mrr = means(share)
    const gainPercent = round((mrr / alone - 1) * 100)
    yield {
      figure: 'MRR of both',
      vectorShare: share,
      questions: asked.length,
      mrr: round4(mrr),
      gainPercent,
    }
  }
}

function askedOf(commits: readonly CommitTexts[], place: number): Asked {
  const [subject = ''] = commits[place]?.message.split('\n', 1) ?? []
  return { subject, place }
}

/** Sums two rankings, each divided by its best. */
function sumOf(one: Float64Array, other: Float64Array, share: number): Float64Array {
  const [most, mostOther] = [bestOf(one), bestOf(other)]
  return one.map((value, at) => value / most + (share * Math.max(0, other[at] ?? 0)) / mostOther)
}

function bestOf(values: Float64Array): number {
  const most = values.reduce((best, value) => Math.max(best, value), 0)
  return most === 0 ? 1 : most
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}

function round4(value: number): number {
  return Math.round(value * 10_000) / 10_000
}
