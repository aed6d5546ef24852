import { deepStrictEqual } from 'node:assert'
import { openDatabase, type DatabaseManager } from 'convodb'
import { Vectors } from '../vectors.js'
import { inParallel } from '../measure/in-parallel.js'
import { inTurn } from '../measure/in-turn.js'
import { describeConvoDb, openConvoDb, pathIn } from './convodb.js'
import type { Side, SideInput } from './side.js'
import { describeSqlite, openSqlite } from './sqlite.js'

const model = 'bench'
const wanted = 10
const rowsPerCall = 2_000
const comparedSearches = 10

/** One channel of messages, each with a vector. */
async function store(input: SideInput): Promise<Vectors> {
  const vectors = new Vectors(input)
  await using db = await openDatabase(pathIn(input.folder))
  for (let start = 0; start < input.rows; start += rowsPerCall) {
    const indexes = Array.from(
      { length: Math.min(rowsPerCall, input.rows - start) },
      (_, index) => start + index,
    )
    await db.addMessages(
      indexes.map((index) => ({
        messageId: `${index}`,
        channelId: 'channel',
        userId: 'user',
        content: 'said something',
        timestamp: index,
      })),
    )
    await db.storeEmbeddings(
      indexes.map((index) => ({
        ownerType: 'message',
        ownerId: `${index}`,
        model,
        vector: vectors.at(index),
      })),
    )
  }
  // Each brings a thousand of those that wait into blocks, as an idle writer does four times a second.
  for (let step = 0; step < 5; step += 1) await db.checkpoint({ mode: 'truncate' })
  return vectors
}

/** What is looked for is like some that are stored, and is none of them. */
const queriesOf = (vectors: Vectors, { rows, reads }: SideInput): Float32Array[] =>
  Array.from({ length: reads }, (_, index) => vectors.at(rows + index * 7))

async function search(db: DatabaseManager, vector: Float32Array, exact: boolean): Promise<string[]> {
  const found = await db.searchByVector({
    model,
    vector,
    owner: 'message',
    channelId: 'channel',
    limit: wanted,
    exact,
  })
  return found.map(({ messageId }) => messageId)
}

const viaConvoDb =
  (exact: boolean): Side =>
  async (input) => {
    const queries = queriesOf(await store(input), input)
    await using db = await openConvoDb(input)
    for (const vector of queries.slice(0, 3)) await search(db, vector, exact)
    const report = await inParallel(queries, 1, (vector) => search(db, vector, exact))
    let hits = 0
    const compared = queries.slice(0, comparedSearches)
    for (const vector of compared) {
      const best = new Set(await search(db, vector, true))
      hits += (await search(db, vector, exact)).filter((id) => best.has(id)).length
    }
    const engine = await describeConvoDb(db)
    const recall = hits / (wanted * compared.length)
    return {
      items: queries.length,
      ...report,
      recall,
      engine,
      peakRssMib: process.resourceUsage().maxRSS / 1024,
    }
  }

export const vectorsExact = viaConvoDb(true)
export const vectorsLikely = viaConvoDb(false)

interface VectorRow {
  readonly messageId: string
  readonly vector: Uint8Array
}

/** Every vector out of SQLite, and its cosine in double precision, once it is shown that this yields what the facade does. */
export const vectorsDirectly: Side = async (input) => {
  const queries = queriesOf(await store(input), input).slice(0, 20)
  const database = openSqlite(pathIn(input.folder))
  const rows = database.prepare<[], VectorRow>(
    'SELECT message_id AS messageId, vector FROM embeddings JOIN messages USING (message_key)',
  )
  const read = (query: Float32Array): string[] => {
    const scored: { readonly id: string; readonly score: number }[] = []
    for (const { messageId, vector } of rows.iterate()) {
      const stored = new Float32Array(vector.buffer, vector.byteOffset, query.length)
      const score = cosine(query, stored)
      const last = scored.at(-1)
      if (scored.length === wanted && last !== undefined && score <= last.score) continue
      const place = scored.findIndex((one) => one.score < score)
      scored.splice(place === -1 ? scored.length : place, 0, { id: messageId, score })
      if (scored.length > wanted) scored.pop()
    }
    return scored.map(({ id }) => id)
  }
  const db = await openConvoDb(input)
  for (const query of queries.slice(0, 3)) deepStrictEqual(read(query), await search(db, query, true))
  await db.close()
  const report = await inTurn(queries, 1, read)
  const engine = describeSqlite(database)
  database.close()
  return {
    items: queries.length,
    ...report,
    recall: 1,
    engine,
    peakRssMib: process.resourceUsage().maxRSS / 1024,
  }
}

function cosine(one: Float32Array, other: Float32Array): number {
  let [dot, ones, others] = [0, 0, 0]
  for (let index = 0; index < one.length; index += 1) {
    const [a, b] = [one[index] ?? 0, other[index] ?? 0]
    dot += a * b
    ones += a * a
    others += b * b
  }
  return dot / Math.sqrt(ones) / Math.sqrt(others)
}
