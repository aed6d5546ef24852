import { openDatabase, type DatabaseManager } from 'convodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { selectWithoutDirection } from '../../src/postgres/tables/nearest-vectors.js'
import { vectorSearchCases } from '../contract/vector-search.js'
import { message } from '../support/databases.js'
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

describe('vectors that pgvector has not', () => {
  const ids = Array.from({ length: 3_000 }, (_, n) => `plan ${n}`)
  beforeAll(async () => {
    const { vector } = randomNumbers(8)
    await db.addMessages(ids.map((id, n) => message(id, { channelId: `plan ${n % 3}`, timestamp: n })))
    const segments = ids.slice(0, 600)
    await Promise.all(
      segments.map((id, n) =>
        db.createSegmentWithMessages({
          segmentId: id,
          channelId: `plan ${n % 3}`,
          startTime: n,
          endTime: n,
          messages: [id],
        }),
      ),
    )
    for (const ownerType of ['message', 'segment'] as const)
      await db.storeEmbeddings(
        (ownerType === 'message' ? ids : segments).map((ownerId, n) => ({
          ownerType,
          ownerId,
          model: 'plan',
          vector: n % 500 === 0 ? Array<number>(8).fill(0) : vector(8),
        })),
      )
  })

  it('are an index of their own, which searches seek: other rows are not passed over', async () => {
    const [model] = await pglite.query(`SELECT model_key FROM embedding_models WHERE model = 'plan'`)
    const modelKey = String(Reflect.get(Object(model), 'model_key'))
    const explain = async (sql: string) => JSON.stringify(await pglite.query(sql))
    for (const owner of ['message', 'segment'] as const) {
      const index = `${owner}_embeddings_without_direction`
      for (const [form, type, channels] of [
        ['all', 'text[]', 'NULL'],
        ['one', 'text', `'plan 1'`],
        ['some', 'text[]', `'{plan 1,plan 2}'`],
      ] as const) {
        const types = `(${type}, bigint, text, bigint, text, float8, float8, bigint)`
        await pglite.query(`PREPARE without_direction ${types} AS ${selectWithoutDirection[owner][form]}`)
        const values = `${channels}, ${modelKey}, '', 0, NULL, '-Infinity', 'Infinity', 500`
        for (const mode of ['force_custom_plan', 'force_generic_plan']) {
          await pglite.query(`SET plan_cache_mode = ${mode}`)
          // Before anybody has had the server look at the tables, and after.
          for (const sql of [`SELECT 1`, `ANALYZE`]) {
            await pglite.query(sql)
            expect(await explain(`EXPLAIN EXECUTE without_direction (${values})`), mode).toContain(index)
          }
        }
        await pglite.query('DEALLOCATE without_direction')
      }
    }
    await pglite.query('RESET plan_cache_mode')
  })

  it('are only those that it can not have: verify tells of others, and of directions that are not their vectors’', async () => {
    expect((await db.verify()).problems).toEqual([])
    const rows = await pglite.query(`
      SELECT embeddings.message_key || '/' || model_key AS key FROM message_embeddings AS embeddings
      JOIN messages USING (message_key) JOIN embedding_models USING (model_key)
      WHERE model = 'plan' AND message_id IN ('plan 1', 'plan 2', 'plan 3', 'plan 1000') ORDER BY embeddings.message_key`)
    const keys = rows.map((row) => String(Reflect.get(Object(row), 'key')))
    const set = (index: number, direction: string) =>
      pglite.query(
        `UPDATE message_embeddings SET direction = ${direction} WHERE message_key || '/' || model_key = '${keys[index]}'`,
      )
    await set(0, 'NULL')
    // Off by more than single precision is; of another dimension; of a vector of zeros.
    await set(1, `direction + '[0,0,0.000001,0,0,0,0,0]'`)
    await set(2, `'[1,0]'`)
    await set(3, `'[1,0,0,0,0,0,0,0]'`)
    await pglite.query(`
      UPDATE segment_embeddings SET direction = '[1,0,0,0,0,0,0,0]'
      WHERE segment_key = (SELECT segment_key FROM conversation_segments WHERE segment_id = 'plan 7')`)
    const told = async () =>
      (await db.verify()).problems.map(({ check, table, key }) => [check, table, key]).toSorted()
    const expected = (ofMessages: readonly string[]) => [
      ...ofMessages.map((key) => ['vectors', 'message_embeddings', key]).toSorted(),
      ['vectors', 'segment_embeddings', expect.stringMatching(/^\d+\/\d+$/)],
    ]
    expect(await told()).toEqual(expected(keys))
    expect(await db.verify({ maxProblems: 3 })).toMatchObject({
      hasMoreProblems: true,
      problems: { length: 3 },
    })
    // One that is missing is not told of where some are still to be filled in.
    await pglite.query(`COMMENT ON COLUMN message_embeddings.direction IS 'to be filled'`)
    expect(await told()).toEqual(expected(keys.slice(1)))
    await pglite.query(`COMMENT ON COLUMN message_embeddings.direction IS NULL`)
    // As the documentation says: all are made anew.
    await pglite.query('ALTER TABLE message_embeddings DROP COLUMN direction')
    await pglite.query('ALTER TABLE segment_embeddings DROP COLUMN direction')
    await db.close()
    db = await open()
    await expect.poll(told, { timeout: 60_000 }).toEqual([])
    await expect.poll(isFilled, { timeout: 60_000 }).toBe(true)
    expect(await told()).toEqual([])
  })
})

/** Whether all directions and indexes are there that there can be. */
async function isFilled(): Promise<boolean> {
  const [row] = await pglite.query(`
    SELECT (SELECT count(*) FROM pg_index WHERE indexrelid::regclass::text LIKE '%without_direction' AND indisvalid)::int AS indexes,
      (SELECT col_description('message_embeddings'::regclass, attnum) FROM pg_attribute
        WHERE attrelid = 'message_embeddings'::regclass AND attname = 'direction') AS comment`)
  const { indexes, comment } = Object(row)
  return indexes === 2 && comment === null
}

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
    await expect.poll(isFilled, { timeout: 60_000 }).toBe(true)
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
