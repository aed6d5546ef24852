import { openDatabase, type DatabaseManager } from 'convodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { vectorSearchCases } from '../contract/vector-search.js'
import { message } from '../support/databases.js'
import { startPgliteWithSessions, type TestPglite } from '../support/pglite.js'
import { randomNumbers } from '../support/random-numbers.js'
import { VectorOracle } from '../support/vector-oracle.js'

let pglite: TestPglite
let db: DatabaseManager
const open = (): Promise<DatabaseManager> => openDatabase(pglite.url, { readers: 2 })

beforeAll(async () => {
  pglite = await startPgliteWithSessions()
  db = await open()
})
afterAll(async () => {
  await db.close()
  await pglite.stop()
})

describe('pgvector without a pooler, where statements are prepared', () => {
  for (const cases of Object.values(vectorSearchCases)) cases(() => db)

  it('finds what all vectors compared one by one would find, in their order, while they come, change and go', async () => {
    expect((await db.stats()).vectorSearch).toBe('pgvector')
    const random = randomNumbers(21)
    const oracle = new VectorOracle(random, 24)
    for (let round = 0; round < 8; round += 1) {
      await oracle.change(db, 60)
      const asked = await Promise.all(Array.from({ length: 10 }, () => oracle.ask(db, oracle.randomSearch())))
      for (const { found, expected } of asked) expect(found).toEqual(expected)
    }
    const [prepared] = await pglite.query(
      `SELECT max(generic_plans)::int AS generic, max(custom_plans)::int AS custom FROM pg_prepared_statements
        WHERE statement LIKE '%<#>%'`,
    )
    const { generic, custom } = Object(prepared)
    expect(generic + custom).toBeGreaterThan(5)
    expect((await db.verify()).problems).toEqual([])
  })

  it('goes on with what was prepared when the extension goes, and when it comes back', async () => {
    const store = (ownerId: string, vector: number[]) =>
      db.storeEmbeddings([{ ownerType: 'message', ownerId, model: 'p', vector }])
    const search = async () =>
      (await db.searchByVector({ model: 'p', vector: [1, 0], owner: 'message' })).map(({ score }) => score)
    const ids = Array.from({ length: 8 }, (_, n) => `p${n}`)
    await db.addMessages(ids.map((id) => message(id)))
    for (const id of ids) await store(id, [1, 0])
    for (let n = 0; n < 8; n += 1) expect(await search()).toEqual(ids.map(() => 1))
    await pglite.query('DROP EXTENSION vector CASCADE')
    await store('p0', [0, 1])
    expect(await search()).toEqual([...ids.slice(1).map(() => 1), 0])
    const other = await open()
    await store('p1', [0, 1])
    expect((await db.stats()).vectorSearch).toBe('pgvector')
    for (const each of [db, other])
      expect((await each.searchByVector({ model: 'p', vector: [1, 0], owner: 'message' })).length).toBe(8)
    expect(await search()).toEqual([...ids.slice(2).map(() => 1), 0, 0])
    const unfilled = `SELECT count(*)::int AS n FROM message_embeddings JOIN embedding_models USING (model_key)
      WHERE model = 'p' AND direction IS NULL`
    await expect.poll(() => pglite.query(unfilled), { timeout: 60_000 }).toEqual([{ n: 0 }])
    expect(await search()).toEqual([...ids.slice(2).map(() => 1), 0, 0])
    await other.close()
    expect((await db.verify()).problems).toEqual([])
  })
})
