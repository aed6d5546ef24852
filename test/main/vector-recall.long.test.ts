import type { DatabaseManager } from 'convodb'
import { describe, expect, it } from 'vitest'
import { createEmbedder, hasWordVectors, readWordVectors } from '../../bench/recall/word-vectors.js'
import { hasIrc, readExcerpts } from '../../bench/segmenting/irc.js'
import { message, temporaryDatabase } from '../support/databases.js'

const model = 'words-100'
const missingVectors =
  hasWordVectors() && hasIrc()
    ? undefined
    : 'the word vectors and the IRC data are not in ../shared/data: this test is skipped'

/** Chat messages as vectors; none is of zeros. */
function readChatVectors(): Float32Array[] {
  const embed = createEmbedder()
  return readExcerpts()
    .flatMap(({ messages }) => messages.map(({ content }) => embed(content)))
    .filter((vector) => vector.some((number) => number !== 0))
}

async function databaseOf(vectors: readonly Float32Array[], channels: number): Promise<DatabaseManager> {
  const db = await temporaryDatabase()
  for (let start = 0; start < vectors.length; start += 2_000) {
    const part = vectors.slice(start, start + 2_000)
    const idOf = (index: number) => `${start + index}`
    await db.addMessages(
      part.map((_, index) => message(idOf(index), { channelId: `c${(start + index) % channels}` })),
    )
    await db.storeEmbeddings(
      part.map((vector, index) => ({ ownerType: 'message', ownerId: idOf(index), model, vector })),
    )
  }
  await db.checkpoint({ mode: 'truncate' })
  return db
}

/** How many of the `limit` best are found by an approximate search; as good ones in their place count, too. */
async function recallOf(
  db: DatabaseManager,
  queries: readonly Float32Array[],
  limit: number,
): Promise<number> {
  let hits = 0
  let wanted = 0
  for (const vector of queries) {
    const search = { model, vector, owner: 'message' as const, limit }
    const exact = await db.searchByVector({ ...search, exact: true })
    const found = await db.searchByVector({ ...search, exact: false })
    const least = exact.at(-1)?.score ?? 1
    hits += found.filter(({ score }) => score >= least).length
    wanted += exact.length
  }
  return hits / wanted
}

const every = (vectors: readonly Float32Array[], count: number): Float32Array[] =>
  vectors.filter((_, index) => index % Math.floor(vectors.length / count) === 0).slice(0, count)

describe.skipIf(missingVectors !== undefined)('an approximate search of real vectors', () => {
  it('finds 98 of 100 of the best words, in one channel and in many', async () => {
    const vectors = readWordVectors()
    for (const channels of [1, 100]) {
      const db = await databaseOf(vectors, channels)
      expect(await recallOf(db, every(vectors, 150), 10)).toBeGreaterThanOrEqual(0.98)
      expect(await recallOf(db, every(vectors, 30), 100)).toBeGreaterThanOrEqual(0.98)
    }
  })

  it('and of the best chat messages', async () => {
    const vectors = readChatVectors()
    const db = await databaseOf(vectors, 30)
    expect(await recallOf(db, every(vectors, 150), 10)).toBeGreaterThanOrEqual(0.98)
    expect(await recallOf(db, every(vectors, 30), 100)).toBeGreaterThanOrEqual(0.98)
  })
})

it.runIf(missingVectors !== undefined)(`${missingVectors}`, () => undefined)
