import { join } from 'node:path'
import { verifyDatabase, type DatabaseManager } from 'convodb'
import { describe, expect, it } from 'vitest'
import { emptyLog, expectError, message, temporaryDatabase, temporaryFolder } from '../support/databases.js'
import { randomNumbers } from '../support/random-numbers.js'
import { VectorOracle } from '../support/vector-oracle.js'

const newPath = async () => join(await temporaryFolder(), 'chat.db')
/** What is stored stands in blocks after it. */
const settle = emptyLog

describe('searches find what a plain loop over all vectors finds', () => {
  it('while messages and vectors come, change, move and go, waiting and in blocks', async () => {
    const path = await newPath()
    const db = await temporaryDatabase({}, path)
    const random = randomNumbers(7)
    const oracle = new VectorOracle(random, 24)
    for (let round = 0; round < 12; round += 1) {
      await oracle.change(db, 600)
      for (const isSettled of [false, true]) {
        if (isSettled) await settle(db)
        for (let query = 0; query < 6; query += 1) {
          const search = oracle.randomSearch()
          const { found, expected } = await oracle.ask(db, { ...search, exact: true })
          expect(found, JSON.stringify(search)).toEqual(expected)
          const likely = await oracle.ask(db, { ...search, exact: false })
          const hits = likely.found.filter((one) => JSON.stringify(expected).includes(JSON.stringify(one)))
          expect(hits.length).toBeGreaterThanOrEqual(0.8 * expected.length)
        }
      }
    }
    await db.close()
    expect(await verifyDatabase(path)).toMatchObject({ isOk: true, problems: [] })
  })

  it('in a transaction and in SQL of a lease, before and after it commits', async () => {
    const path = await newPath()
    const db = await temporaryDatabase({}, path)
    const search = { model: 'mini', vector: [1, 0], owner: 'message' as const }
    const idsOf = async (more = {}, where: Pick<DatabaseManager, 'searchByVector'> = db) =>
      (await where.searchByVector({ ...search, ...more })).map(({ messageId }) => messageId)
    await db.addMessages(['1', '2', '3'].map((id) => message(id)))
    await db.storeMessage(message('other', { channelId: 'other' }))
    await db.storeEmbeddings(
      ['1', '2', '3'].map((ownerId) => ({
        ownerType: 'message',
        ownerId,
        model: 'mini',
        vector: [1, Number(ownerId)],
      })),
    )
    await settle(db)
    await db.transaction(async (transaction) => {
      await transaction.deleteMessages(['1'])
      await transaction.storeEmbeddings([
        { ownerType: 'message', ownerId: '3', model: 'mini', vector: [-1, 0] },
      ])
      expect(await idsOf({}, transaction)).toEqual(['2', '3'])
      expect(await idsOf()).toEqual(['1', '2', '3'])
    })
    expect(await idsOf()).toEqual(['2', '3'])
    await db.withConnection(
      async (connection) => {
        await connection.exec(`UPDATE messages SET channel_key = 2 WHERE message_id = '2'`)
        await connection.exec(`DELETE FROM embeddings WHERE message_key = 3`)
        await connection.exec(
          `INSERT INTO embeddings (message_key, model_key, vector, created_at) VALUES (4, 1, x'0000803f00000000', 0)`,
        )
        await connection.exec(`UPDATE embeddings SET vector = x'000080bf00000000' WHERE message_key = 2`)
      },
      { mode: 'write' },
    )
    expect(await idsOf({ channelId: 'general' })).toEqual([])
    expect(await idsOf({ channelId: 'other' })).toEqual(['other', '2'])
    for (const table of [
      'vector_blocks',
      'blocked_vectors',
      'unblocked_vectors',
      'removed_vectors',
      'vector_coding',
    ])
      await expectError(
        db.withConnection((connection) => connection.exec(`DELETE FROM ${table}`), { mode: 'write' }),
        'SQL_NOT_ALLOWED',
      )
    await db.close()
    expect(await verifyDatabase(path)).toMatchObject({ isOk: true, problems: [] })
  })

  it('beside writes: what was stored before is found, what was deleted before never', async () => {
    const db = await temporaryDatabase({ readers: 2 })
    const random = randomNumbers(3)
    const there = new Set<string>()
    const gone = new Set<string>()
    const over = new AbortController()
    const write = async () => {
      for (let n = 0; n < 400; n += 1) {
        const id = `${n}`
        await db.batch([
          { name: 'storeMessage', params: message(id, { channelId: `c${n % 3}` }) },
          {
            name: 'storeEmbeddings',
            params: {
              embeddings: [{ ownerType: 'message', ownerId: id, model: 'mini', vector: random.vector(8) }],
            },
          },
        ])
        there.add(id)
        const old = `${n - 40}`
        if (n % 2 === 0 || !there.delete(old)) continue
        await db.deleteMessages([old])
        gone.add(old)
      }
      over.abort()
    }
    const search = async () => {
      while (!over.signal.aborted) {
        const [before, deleted] = [[...there], [...gone]]
        const vector = random.vector(8)
        const found = await db.searchByVector({ model: 'mini', vector, owner: 'message', limit: 10_000 })
        const ids = new Set(found.map(({ messageId }) => messageId))
        expect(ids.size).toBe(found.length)
        expect(deleted.filter((id) => ids.has(id))).toEqual([])
        expect(before.filter((id) => !ids.has(id) && there.has(id))).toEqual([])
      }
    }
    await Promise.all([write(), search(), search()])
  })
})
