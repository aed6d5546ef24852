/**
 * A pool of threads embeds what is stored while it is stored. Its embedder counts hashed words; with a folder of word vectors
 * (`vectors.f32`, `vocab.json`, `pc.f32`) it adds up those.
 * Run: npm install piscina && node embedding-pool.ts [database] [folder of word vectors]
 */
import { existsSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { isMainThread, workerData } from 'node:worker_threads'
import { openDatabase, type DatabaseManager, type EmbeddingBatch } from 'convodb'
import { Piscina } from 'piscina'

const messages = 5_000
const dimension = 100
/** The words of the embedder that was trained had so many occurrences. */
const occurrences = 2_013_556

async function runMain(path: string, folder: string | undefined): Promise<void> {
  await using db = await openDatabase(path)
  const threads = Math.max(2, availableParallelism() - 1)
  const pool = new Piscina<string[], Float32Array[]>({
    filename: fileURLToPath(import.meta.url),
    minThreads: threads,
    maxThreads: threads,
    workerData: { folder },
  })
  const asked = { model: folder === undefined ? 'hashed-words' : 'word-vectors', owner: 'message' } as const
  const ingest = { stored: 0, isDone: false }
  const shown = showProgress(db, asked, ingest)
  const storing = store(db, ingest)
  const embed = async (batch: EmbeddingBatch): Promise<void> => {
    await batch.store(await pool.run(batch.items.map(({ text }) => text)))
  }
  // As many batches under way as there are threads: each is stored when it is made, in whatever order.
  const takeBatches = async (): Promise<void> => {
    do {
      for await (const batch of db.pendingEmbeddings({ ...asked, batchSize: 50 })) await embed(batch)
      await pause(20)
    } while (!ingest.isDone || (await db.embeddingProgress(asked)).pending > 0)
  }
  await Promise.all([storing, ...Array.from({ length: threads + 1 }, takeBatches)])
  await shown
  await pool.close()
  const { embedded, total } = await db.embeddingProgress(asked)
  console.log(`${embedded} of ${total} messages have a vector, each made once`)
  const [vector] = await Promise.resolve(createEmbedder(folder)(['how do I make tea?']))
  if (vector === undefined) return
  const [alike] = await db.searchByVector({ ...asked, vector, limit: 1 })
  if (alike?.kind === 'message') console.log(`Most like "how do I make tea?": ${alike.content}`)
}

/** Stands for the chat that goes on. */
async function store(db: DatabaseManager, ingest: { stored: number; isDone: boolean }): Promise<void> {
  const { length } = sentences
  for (let first = 0; first < messages; first += 100) {
    await db.ready()
    const { inserted, updated } = await db.addMessages(
      Array.from({ length: 100 }, (_, n) => ({
        messageId: `m${first + n}`,
        channelId: `channel-${n % 3}`,
        userId: `user-${n % 7}`,
        content: `${sentences[(first + n) % length] ?? ''} (${first + n})`,
        timestamp: (first + n) * 1_000,
      })),
    )
    ingest.stored += inserted + updated
  }
  ingest.isDone = true
}

async function showProgress(
  db: DatabaseManager,
  asked: { readonly model: string; readonly owner: 'message' },
  ingest: { readonly stored: number; readonly isDone: boolean },
): Promise<void> {
  for (let isDone = false; !isDone;) {
    const { embedded, pending, leased } = await db.embeddingProgress(asked)
    console.log(
      `stored ${ingest.stored} | embedded ${embedded}, pending ${pending}, of these ${leased} in work`,
    )
    isDone = ingest.isDone && pending === 0
    if (!isDone) await pause(500)
  }
}

const sentences = [
  'the kettle is on, who wants tea?',
  'the train to the coast is late again',
  'tomatoes need more sun than that',
  'does the index fit into memory?',
  'how long does green tea have to draw?',
]

type Embed = (texts: readonly string[]) => Float32Array[]

function createEmbedder(folder: string | undefined): Embed {
  const vectorOf = folder === undefined ? hashedWords : wordVectors(folder)
  return (texts) => texts.map((text) => vectorOf(wordsOf(text)))
}

const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .replaceAll(/https?:\S+/g, 'url')
    .match(/[a-z0-9][a-z0-9_.+-]*[a-z0-9]|[a-z0-9]/g) ?? []

/** Every word, and every three letters of it, count at the place that their hash gives them. */
function hashedWords(words: readonly string[]): Float32Array {
  const vector = new Float32Array(dimension)
  for (const word of words) {
    const parts = [
      word,
      ...Array.from({ length: Math.max(0, word.length - 2) }, (_, n) => word.slice(n, n + 3)),
    ]
    for (const part of parts) {
      let hash = 2_166_136_261
      for (let n = 0; n < part.length; n += 1) hash = Math.imul(hash ^ part.charCodeAt(n), 16_777_619)
      const place = (hash >>> 1) % dimension
      vector[place] = (vector[place] ?? 0) + ((hash & 1) === 0 ? 1 : -1)
    }
  }
  return normalized(vector)
}

/** The sum of the words' vectors, the rarer the heavier, without what all texts have in common. */
function wordVectors(folder: string): (words: readonly string[]) => Float32Array {
  const floats = (name: string): Float32Array =>
    new Float32Array(Uint8Array.from(readFileSync(join(folder, name))).buffer)
  const vectors = floats('vectors.f32')
  const common = floats('pc.f32')
  const vocabulary: [string, number][] = JSON.parse(readFileSync(join(folder, 'vocab.json'), 'utf8'))
  const rows = new Map(
    vocabulary.map(([word, count], row) => [word, { row, weight: 1e-3 / (1e-3 + count / occurrences) }]),
  )
  return (words) => {
    const sum = new Float32Array(dimension)
    for (const word of words) {
      const { row = -1, weight = 0 } = rows.get(word) ?? {}
      if (row < 0) continue
      for (let n = 0; n < dimension; n += 1)
        sum[n] = (sum[n] ?? 0) + weight * (vectors[row * dimension + n] ?? 0)
    }
    const share = sum.reduce((total, value, n) => total + value * (common[n] ?? 0), 0)
    return normalized(sum.map((value, n) => value - share * (common[n] ?? 0)))
  }
}

function normalized(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector)
  return length === 0 ? vector : vector.map((value) => value / length)
}

/** What the pool's threads run; each makes its embedder once. */
let embedder: Embed | undefined
export default function embedTexts(texts: readonly string[]): Float32Array[] {
  embedder ??= createEmbedder(folderOfThread())
  return embedder(texts)
}

/** Piscina gives a thread's data beside its own. */
function folderOfThread(): string | undefined {
  const given: unknown = Array.isArray(workerData) ? workerData[1] : workerData
  const folder: unknown = Reflect.get(Object(given), 'folder')
  return typeof folder === 'string' ? folder : undefined
}

if (isMainThread) {
  const [, , path = ':memory:', folder] = process.argv
  await runMain(path, folder !== undefined && existsSync(folder) ? folder : undefined)
}
