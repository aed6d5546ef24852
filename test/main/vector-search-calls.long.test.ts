import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { verifyDatabase, type DatabaseManager } from 'convodb'
import { describe, expect, it } from 'vitest'
import { encode } from '../../src/workers/vectors/codes.js'
import { directionOf } from '../../src/protocol/direction.js'
import { damagedCopy } from '../support/damaged-file.js'
import { emptyLog, expectError, message, temporaryDatabase, temporaryFolder } from '../support/databases.js'
import { randomNumbers } from '../support/random-numbers.js'

const newPath = async () => join(await temporaryFolder(), 'chat.db')
/** What is stored stands in blocks after it. */
const settle = emptyLog

it('of vectors that are gone nothing is left in the file', async () => {
  const path = await newPath()
  const db = await temporaryDatabase({}, path)
  const random = randomNumbers(5)
  const vectors = new Map(['kept', 'deleted', 'replaced', 'forgotten'].map((id) => [id, random.vector(64)]))
  const embed = (ownerId: string, vector: Float32Array) =>
    db.storeEmbeddings([{ ownerType: 'message', ownerId, model: 'mini', vector }])
  for (const [id, vector] of vectors) {
    await db.storeMessage(message(id, { userId: id }))
    await embed(id, vector)
  }
  await settle(db)
  const found = async () => {
    await emptyLog(db)
    const bytes = await readFile(path)
    const isThere = (vector: Float32Array) => bytes.includes(Buffer.from(encode(directionOf(vector)).numbers))
    return [...vectors].filter(([, vector]) => isThere(vector)).map(([id]) => id)
  }
  expect(await found()).toEqual([...vectors.keys()])
  await db.deleteMessages(['deleted'])
  await embed('replaced', random.vector(64))
  await db.users.forgetUser({ userId: 'forgotten' })
  expect(await found()).toEqual(['kept'])
})

describe('damage', () => {
  async function fileOf(...steps: string[]): Promise<string> {
    const path = await newPath()
    const db = await temporaryDatabase({}, path)
    await db.addMessages(['1', '2', '3'].map((id) => message(id)))
    await db.storeEmbeddings(
      ['1', '2', '3'].map((ownerId) => ({
        ownerType: 'message',
        ownerId,
        model: 'mini',
        vector: [1, Number(ownerId)],
      })),
    )
    await db.close()
    return damagedCopy(path, ...steps)
  }
  const search = (db: DatabaseManager) =>
    db.searchByVector({ model: 'mini', vector: [1, 0], owner: 'message' })

  it('of a vector is told with verifyReads', async () => {
    const path = await fileOf(`UPDATE embeddings SET vector = x'0000803f00000000' WHERE embedding_key = 2`)
    const db = await temporaryDatabase({ verifyReads: true, readOnly: true }, path)
    await expectError(search(db), 'CORRUPT', { table: 'embeddings', ownerId: '2' })
  })

  it('of a vector that is cut short is told always', async () => {
    const db = await temporaryDatabase(
      { readOnly: true },
      await fileOf(`UPDATE embeddings SET vector = x'0000803f' WHERE embedding_key = 2`),
    )
    await expectError(search(db), 'CORRUPT', { table: 'embeddings', key: '2' })
  })

  it.each(['codes = zeroblob(octet_length(codes))', "codes = x'00'", 'vectors = 2', 'places_checksum = 5'])(
    'of a block (%s) is told, keeps nobody from writing, and is mended by optimize',
    async (change) => {
      const path = await fileOf(`UPDATE vector_blocks SET ${change}`)
      const db = await temporaryDatabase({}, path)
      const filtered = { model: 'mini', vector: [1, 0], owner: 'message' as const, after: 0 }
      await expectError(db.searchByVector(filtered), 'CORRUPT', { table: 'vector_blocks', key: '1' })
      expect((await verifyDatabase(path)).problems).toMatchObject([
        { check: 'vectorBlocks', table: 'vector_blocks' },
      ])
      await db.deleteMessages(['1'])
      await db.optimize()
      expect((await search(db)).map(({ messageId }) => messageId)).toEqual(['2', '3'])
      expect(await db.searchByVector(filtered)).toHaveLength(2)
      await settle(db)
      expect(await search(db)).toHaveLength(2)
      await db.close()
      expect(await verifyDatabase(path)).toMatchObject({ isOk: true })
    },
  )

  it('blocks of another version are made anew when the file is opened for writing', async () => {
    const path = await fileOf(
      `UPDATE vector_coding SET version = 0`,
      `UPDATE vector_blocks SET codes = zeroblob(octet_length(codes))`,
    )
    const db = await temporaryDatabase({}, path)
    expect(await search(db)).toHaveLength(3)
    await settle(db)
    expect((await search(db)).map(({ messageId }) => messageId)).toEqual(['1', '2', '3'])
    await db.close()
    expect(await verifyDatabase(path)).toMatchObject({ isOk: true })
  })
})

it('a search takes no longer than a read may', async () => {
  const db = await temporaryDatabase({ readTimeoutMs: 1 })
  const random = randomNumbers(9)
  const ids = Array.from({ length: 20_000 }, (_, n) => `${n}`)
  await db.addMessages(ids.map((id) => message(id)))
  const vector = random.vector(16)
  await db.storeEmbeddings(ids.map((ownerId) => ({ ownerType: 'message', ownerId, model: 'mini', vector })))
  const search = { model: 'mini', vector, owner: 'message' as const, limit: 10_000 }
  // Some seconds of work, since a thread's age is looked at now and then only.
  const outcomes = await Promise.allSettled(Array.from({ length: 32 }, () => db.searchByVector(search)))
  const late = outcomes.filter((outcome) => outcome.status === 'rejected')
  expect(late.length).toBeGreaterThan(0)
  for (const { reason } of late) await expectError(Promise.reject(reason), 'TIMEOUT')
})
