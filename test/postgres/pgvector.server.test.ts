import { openDatabase, type DatabaseManager } from 'convodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { vectorSearchCases } from '../contract/vector-search.js'
import { message } from '../support/databases.js'
import { areDirectionsWhole } from '../support/directions.js'
import { startPglite, type TestPglite } from '../support/pglite.js'
import { startPostgres, type TestPostgres } from '../support/postgres.js'
import { randomNumbers } from '../support/random-numbers.js'
import { VectorOracle } from '../support/vector-oracle.js'

let pglite: TestPglite
let db: DatabaseManager
const open = (): Promise<DatabaseManager> => openDatabase(pglite.url, { readers: 1 })

beforeAll(async () => {
  pglite = await startPglite()
  db = await open()
})
afterAll(async () => {
  await db.close()
  await pglite.stop()
})

describe('where the server has pgvector', () => {
  for (const cases of Object.values(vectorSearchCases)) cases(() => db)

  it('stats() says so', async () => {
    expect((await db.stats()).vectorSearch).toBe('pgvector')
  })

  it('finds what all vectors compared one by one would find, in their order, while they come, change and go', async () => {
    const random = randomNumbers(20)
    const oracle = new VectorOracle(random, 24)
    for (let round = 0; round < 8; round += 1) {
      await oracle.change(db, 60)
      for (let n = 0; n < 10; n += 1) {
        const { found, expected } = await oracle.ask(db, oracle.randomSearch())
        expect(found).toEqual(expected)
      }
    }
  })
})

describe('a server without pgvector', () => {
  let server: TestPostgres
  let plain: DatabaseManager
  beforeAll(async () => {
    server = await startPostgres()
    plain = await openDatabase(await server.createDatabase(), { readers: 1 })
  })
  afterAll(async () => {
    await plain.close()
    await server.stop()
  })

  it('finds the same, also of vectors that pgvector can not take', async () => {
    expect((await plain.stats()).vectorSearch).toBe('compared')
    const { vector } = randomNumbers(3)
    const models = new Map<string, Float32Array[]>([
      ['usual', Array.from({ length: 60 }, () => vector(32))],
      ['extreme', [3.4e38, -3.4e38, 1e-44, 0, 1].map((number) => Float32Array.of(number, number / 2, 1e-30))],
      ['long', Array.from({ length: 3 }, () => vector(20_000))],
      ['longest for pgvector', Array.from({ length: 3 }, () => vector(16_000))],
    ])
    for (const [model, vectors] of models) {
      const rows = vectors.map((_, n) => message(`${model} ${n}`, { timestamp: n % 7 }))
      const embeddings = vectors.map((one, n) => ({
        ownerType: 'message' as const,
        ownerId: `${model} ${n}`,
        model,
        vector: one,
      }))
      const queries = [...vectors.slice(0, 3), new Float32Array(vectors[0]?.length ?? 0)]
      for (const each of [plain, db]) {
        await each.addMessages(rows)
        await each.storeEmbeddings(embeddings)
      }
      for (const query of queries) {
        const [expected, found] = await Promise.all(
          [plain, db].map((each) =>
            each.searchByVector({ model, vector: query, owner: 'message', limit: 20 }),
          ),
        )
        expect(found).toEqual(expected)
      }
    }
  })

  it('that gets it later has it used for what is stored then, and in the background for all', async () => {
    const stored = async (from: number, to: number): Promise<void> => {
      const { vector } = randomNumbers(from)
      const ids = Array.from({ length: to - from }, (_, n) => `late ${from + n}`)
      // More channels than a slice has.
      await db.addMessages(ids.map((id, n) => message(id, { channelId: `late ${n % 60}` })))
      await db.storeEmbeddings(
        ids.map((ownerId) => ({ ownerType: 'message', ownerId, model: 'late', vector: vector(8) })),
      )
    }
    const unfilled = () =>
      pglite.query(
        `SELECT count(*)::int AS n FROM message_embeddings JOIN embedding_models USING (model_key) WHERE model = 'late' AND direction IS NULL`,
      )
    const search = async () =>
      (await db.searchByVector({ model: 'late', vector: Array(8).fill(1), owner: 'message', limit: 15 })).map(
        (match) => [match.kind === 'message' && match.messageId, match.score],
      )
    await pglite.query('DROP EXTENSION vector CASCADE')
    expect((await db.stats()).vectorSearch).toBe('compared')
    await stored(0, 700)
    const before = await search()
    await db.close()
    db = await open()
    expect((await db.stats()).vectorSearch).toBe('pgvector')
    expect(await search()).toEqual(before)
    await stored(700, 720)
    const mixed = await search()
    await expect.poll(unfilled, { timeout: 60_000 }).toEqual([{ n: 0 }])
    expect(await search()).toEqual(mixed)
    // One that goes to another channel, or gets another vector, is found where and as it is.
    await db.storeMessage(message('late 1', { channelId: 'elsewhere' }))
    await db.storeEmbeddings([
      { ownerType: 'message', ownerId: 'late 2', model: 'late', vector: Array(8).fill(2) },
    ])
    const best = await db.searchByVector({
      model: 'late',
      vector: Array(8).fill(1),
      owner: 'message',
      limit: 1,
    })
    expect(best).toMatchObject([{ messageId: 'late 2', score: 1 }])
    const there = await db.searchByVector({
      model: 'late',
      vector: Array(8).fill(1),
      owner: 'message',
      channelId: 'elsewhere',
    })
    expect(there).toMatchObject([{ messageId: 'late 1' }])
    expect((await db.verify()).problems).toEqual([])
    await expect.poll(() => areDirectionsWhole(pglite), { timeout: 60_000 }).toBe(true)
  })

  it('finds the newest of hundreds that single precision can not tell apart', async () => {
    const { vector, next } = randomNumbers(5)
    const direction = vector(384)
    for (const noise of [0, 1e-7, 1e-6]) {
      const model = `alike ${noise}`
      const ids = Array.from({ length: 300 }, (_, n) => `${model} ${n}`)
      const vectors = ids.map((_, n) => direction.map((number) => (n + 1) * number * (1 + noise * next())))
      for (const each of [plain, db]) {
        await each.addMessages(ids.map((id, n) => message(id, { timestamp: n })))
        await each.storeEmbeddings(
          ids.map((ownerId, n) => ({
            ownerType: 'message',
            ownerId,
            model,
            vector: vectors[n] ?? direction,
          })),
        )
      }
      const [expected, found] = await Promise.all(
        [plain, db].map((each) => each.searchByVector({ model, vector: direction, owner: 'message' })),
      )
      expect(found).toEqual(expected)
    }
  })

  it('goes on where the extension is in a schema that the role does not look in', async () => {
    const ids = ['hidden 1', 'hidden 2']
    await db.addMessages(ids.map((id) => message(id)))
    const store = (ownerId: string, vector: number[]) =>
      db.storeEmbeddings([{ ownerType: 'message', ownerId, model: 'hidden', vector }])
    await store('hidden 1', [1, 0])
    await store('hidden 2', [0, 1])
    await pglite.query('CREATE SCHEMA elsewhere')
    await pglite.query('ALTER EXTENSION vector SET SCHEMA elsewhere')
    expect((await db.stats()).vectorSearch).toBe('compared')
    await store('hidden 1', [0, 2])
    const search = () => db.searchByVector({ model: 'hidden', vector: [0, 1], owner: 'message' })
    expect((await search()).map(({ score }) => score)).toEqual([1, 1])
    // It has no direction now, and nobody is to come back to it.
    const told = {
      check: 'vectors',
      message: expect.stringMatching(/model 'hidden' pgvector has no direction/),
    }
    expect((await db.verify()).problems).toMatchObject([told])
    await pglite.query('ALTER EXTENSION vector SET SCHEMA public')
    expect((await db.verify()).problems).toMatchObject([told])
    expect((await db.stats()).vectorSearch).toBe('pgvector')
    expect((await search()).map(({ score }) => score)).toEqual([1, 1])
  })

  it('may be opened by two at once that both bring it in', async () => {
    await pglite.query('DROP EXTENSION vector CASCADE')
    const both = await Promise.all([open(), open()])
    for (const each of both) expect((await each.stats()).vectorSearch).toBe('pgvector')
    await Promise.all(both.map((each) => each.close()))
  })
})
