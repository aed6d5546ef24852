import { join } from 'node:path'
import { openDatabase, verifyDatabase } from 'convodb'
import { afterEach, describe, expect, it } from 'vitest'
import { damagedCopy } from '../support/damaged-file.js'
import { expectError, message, temporaryDatabase, temporaryFolder } from '../support/databases.js'
import { embedAll, pendingIds } from '../support/pending.js'
import { startTestServer, type TestServer } from '../support/server.js'

const asked = { model: 'mini', owner: 'message' as const }
const many = (count: number) =>
  Array.from({ length: count }, (_, n) => message(`m${n}`, { content: `text ${n}`, timestamp: n }))

const servers: TestServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

describe('what is pending', () => {
  it('is everything for a new model, and nothing that somebody has stored otherwise', async () => {
    const db = await temporaryDatabase()
    await db.addMessages(many(5))
    await embedAll(db, 'old', 'message')
    await db.storeEmbeddings([{ ownerType: 'message', ownerId: 'm2', model: 'new', vector: [1] }])
    expect(await pendingIds(db, 'new')).toEqual(['m0', 'm1', 'm3', 'm4'])
  })

  it('is passed by in slices where all has a vector already', async () => {
    const db = await temporaryDatabase()
    const count = 21_000
    await db.addMessages(many(count))
    const vectors = many(count).map(({ messageId }) => ({
      ownerType: 'message' as const,
      ownerId: messageId,
      model: 'mini',
      vector: [1],
    }))
    await db.storeEmbeddings(vectors)
    await db.storeMessage(message('last'))
    expect(await db.leaseEmbeddings(asked)).toMatchObject({ items: [], hasMore: true })
    expect(await pendingIds(db, 'mini')).toEqual(['last'])
  })

  it('leaves nothing of a forgotten user, a deleted channel and what retention deletes', async () => {
    const path = join(await temporaryFolder(), 'chat.db')
    const db = await temporaryDatabase({}, path)
    await db.addMessages([
      message('a', { userId: 'eve' }),
      message('b', { channelId: 'gone' }),
      message('c', { timestamp: -1 }),
      message('d'),
    ])
    await db.leaseEmbeddings({ ...asked, limit: 2 })
    await embedAll(db, 'other', 'message')
    for (const messageId of ['a', 'b', 'c', 'd']) await db.updateMessage({ messageId, content: 'new' })
    await db.forgetUser('eve')
    await db.deleteChannel('gone')
    await db.applyRetention({ olderThan: 0 })
    expect(await db.embeddingProgress({ ...asked, model: 'other' })).toMatchObject({ total: 1, pending: 1 })
    expect(await db.embeddingProgress(asked)).toMatchObject({ total: 1, pending: 1, leased: 0 })
    expect(await pendingIds(db, 'mini')).toEqual(['d'])
    await db.close()
    expect(await verifyDatabase(path)).toMatchObject({ isOk: true })
  })

  it('follows SQL of a borrower’s own, which can not write it itself', async () => {
    const db = await temporaryDatabase()
    await db.addMessages(many(3))
    await embedAll(db, 'mini', 'message')
    await db.withConnection(
      async (sql) => {
        await sql.run("UPDATE messages SET content = 'by hand' WHERE message_id = 'm1'")
        await sql.run('DELETE FROM embeddings WHERE message_key = 1')
        await expectError(sql.run('DELETE FROM pending_embeddings'), 'SQL_NOT_ALLOWED')
        await expectError(sql.run('UPDATE embedding_places SET last_key = 0'), 'SQL_NOT_ALLOWED')
      },
      { mode: 'write' },
    )
    expect((await pendingIds(db, 'mini')).toSorted()).toEqual(['m0', 'm1'])
  })

  it('is left out of an export: what has its vector there is not asked for again', async () => {
    const db = await temporaryDatabase()
    await db.addMessages(many(3))
    await db.storeEmbeddings([{ ownerType: 'message', ownerId: 'm1', model: 'mini', vector: [1] }])
    await db.leaseEmbeddings({ ...asked, limit: 1 })
    const { lines } = await db.execute('exportRows', { kind: 'embedding' })
    expect(lines).toContain('"m1"')
    expect(lines).not.toContain('lease')
  })

  it('goes along with the operations of a transaction, and back with them', async () => {
    const db = await temporaryDatabase()
    await db.addMessages(many(2))
    const lease = await db.transaction((transaction) => transaction.leaseEmbeddings(asked))
    expect(lease.items).toHaveLength(2)
    await expect(
      db.transaction(async (transaction) => {
        const { leaseId } = lease
        await transaction.releaseEmbeddings({ ...asked, leaseId: leaseId ?? '', ownerIds: ['m0', 'm1'] })
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    expect(await db.embeddingProgress(asked)).toMatchObject({ leased: 2, pending: 2 })
  })

  it('a key for certain channels is refused', async () => {
    const server = await startTestServer()
    servers.push(server)
    const apiKey = await server.newKey({ scope: 'write', channels: ['general'] })
    const batches = server.connect({ apiKey }).pendingEmbeddings(asked)
    await expectError(batches.next(), 'FORBIDDEN')
  })

  it('ends with the database', async () => {
    const db = await openDatabase(':memory:', { readers: 1 })
    const next = db.pendingEmbeddings({ ...asked, follow: true }).next()
    const ended = expectError(next, 'CLOSED')
    await db.embeddingProgress(asked)
    await db.close()
    await ended
  })
})

describe('verify', () => {
  it.each([
    ['pendingEmbeddings', 'messages', 'DELETE FROM pending_embeddings WHERE owner_key = 1'],
    [
      'pendingEmbeddings',
      'pending_embeddings',
      'UPDATE pending_embeddings SET owner_key = 9 WHERE owner_key = 1',
    ],
    ['checksums', 'embedding_places', 'UPDATE embedding_places SET last_key = 2'],
    ['foreignKeys', 'pending_embeddings', 'DELETE FROM embedding_places'],
  ])('%s, %s: %s', async (check, table, sql) => {
    const path = join(await temporaryFolder(), 'chat.db')
    const db = await openDatabase(path, { readers: 1 })
    await db.addMessages(many(3))
    await db.leaseEmbeddings({ ...asked, limit: 1 })
    await db.close()
    const { isOk, problems } = await verifyDatabase(await damagedCopy(path, sql))
    expect(isOk).toBe(false)
    expect(problems).toContainEqual(expect.objectContaining({ check, table }))
  })
})
