import { openDatabase, type DatabaseManager } from 'convodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { selectWithoutDirection } from '../../src/postgres/tables/nearest-vectors.js'
import { message } from '../support/databases.js'
import { areDirectionsWhole } from '../support/directions.js'
import { startPglite, type TestPglite } from '../support/pglite.js'
import { randomNumbers } from '../support/random-numbers.js'

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
    await expect.poll(() => areDirectionsWhole(pglite), { timeout: 60_000 }).toBe(true)
    expect(await told()).toEqual([])
  })
})
