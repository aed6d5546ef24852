import { openDatabase, type DatabaseManager } from 'convodb'
import fc from 'fast-check'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { message } from '../support/databases.js'
import { PendingModel, step } from '../support/pending-model.js'
import { embedAll, pendingIds } from '../support/pending.js'
import { startPostgres, type TestPostgres } from '../support/postgres.js'

let server: TestPostgres
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close()
})

/** As many managers of one database as processes would have. */
async function openTogether(count: number): Promise<{ url: string; all: readonly DatabaseManager[] }> {
  const url = await server.createDatabase()
  const all: DatabaseManager[] = []
  for (let n = 0; n < count; n += 1) all.push(await openDatabase(url, { readers: 1 }))
  opened.push(...all)
  return { url, all }
}

async function openClient(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  opened.push({ close: () => client.end() })
  return client
}

const asked = { model: 'mini', owner: 'message' as const }
/** Who waits for the end of another's transaction. */
const waitingForLock = `SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'advisory'`
const waiting = `SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'`
/** Of a text like `text 7`, or of some of them a line each: what a model would make of it. */
const vectorOf = (text: string): number[] => [
  text.split('\n').reduce((sum, line) => (sum * 31 + Number(line.replace('text ', ''))) % 65_521, 7),
]

/** Embeds what there is, until `isOver` and nothing is left. */
async function work(db: DatabaseManager, owner: 'message' | 'segment', isOver: () => boolean): Promise<void> {
  for (;;) {
    const last = isOver()
    for await (const batch of db.pendingEmbeddings({ model: 'mini', owner, batchSize: 7 }))
      await batch.store(batch.items.map(({ text }) => vectorOf(text)))
    if (last) return
  }
}

describe('what is pending on PostgreSQL', () => {
  it('is what the rules say, whatever is stored, changed, deleted and leased in between', async () => {
    const { all } = await openTogether(1)
    const [db] = all
    if (db === undefined) return expect.unreachable()
    let runs = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const model = `model ${(runs += 1)}`
        // Changes are noted for models that somebody has asked for.
        await pendingIds(db, model)
        const run = new PendingModel(db, model)
        try {
          for (const one of steps) await run.take(one)
          await run.compare()
        } finally {
          await db.deleteMessages([0, 1, 2, 3, 4, 5].map((n) => `m${n}`))
        }
      }),
      { numRuns: 25 },
    )
  }, 120_000)

  it('is given to one of many who lease at once, and to none twice', async () => {
    const { all } = await openTogether(4)
    const ids = Array.from({ length: 2_000 }, (_, n) => `m${n}`)
    await all[0]?.addMessages(ids.map((id) => message(id)))
    const leased = await Promise.all(
      all.map(async (db) => {
        const own: string[] = []
        for (;;) {
          const { items, hasMore } = await db.leaseEmbeddings({ ...asked, limit: 37 })
          own.push(...items.map(({ ownerId }) => ownerId))
          if (items.length === 0 && !hasMore) return own
        }
      }),
    )
    expect(leased.flat().toSorted()).toEqual(ids.toSorted())
    expect(await all[1]?.embeddingProgress(asked)).toMatchObject({ pending: 2_000, leased: 2_000 })
  }, 60_000)

  it('has in the end the vector of each text as it is, though many edit, delete and embed at once', async () => {
    const { all } = await openTogether(4)
    const [one, two, ...workers] = all
    if (one === undefined || two === undefined) return expect.unreachable()
    const ids = Array.from({ length: 60 }, (_, n) => `m${n}`)
    await one.addMessages(ids.map((id, n) => message(id, { content: `text ${n}` })))
    for (let n = 0; n < 6; n += 1) {
      const segment = { segmentId: `s${n}`, channelId: message('m0').channelId, startTime: 0, endTime: 9 }
      await one.createSegmentWithMessages({ ...segment, messages: ids.slice(10 * n, 10 * n + 9) })
    }
    let isOver = false
    const embedding = workers.flatMap((db) =>
      (['message', 'segment'] as const).map((owner) => work(db, owner, () => isOver)),
    )
    const edit = async (db: DatabaseManager, offset: number) => {
      for (let n = 0; n < 150; n += 1) {
        const k = (n * 7 + offset) % 60
        if (n % 10 === 3) await db.deleteEmbeddings({ ownerType: 'message', ownerIds: [`m${k}`] })
        if (n % 25 === 9) await db.deleteMessages([`m${k}`])
        if (n % 12 === 5) {
          const summary = n % 24 === 5 ? `text ${n}` : null
          await db.updateConversationSegment({ segmentId: `s${k % 6}`, summary })
        }
        await db.storeMessage(message(`m${k}`, { content: `text ${1_000 * offset + n}` }))
        if (n % 5 === 0)
          await db
            .addMessageToSegment({ segmentId: `s${n % 6}`, messageId: `m${k}` })
            .catch(() => 'it is gone')
      }
    }
    await Promise.all([edit(one, 1), edit(two, 2)])
    isOver = true
    await Promise.all(embedding)
    expect(await one.embeddingProgress(asked)).toMatchObject({ total: 60, embedded: 60, pending: 0 })
    const found = await one.getEmbeddings({ ownerType: 'message', ownerIds: ids, model: 'mini' })
    const messages = await one.getMessagesByIds(ids)
    const texts = new Map(messages.map(({ messageId, content }) => [messageId, content]))
    expect(found.map(({ ownerId, vector }) => [ownerId, ...vector])).toEqual(
      ids.map((id) => [id, ...vectorOf(texts.get(id) ?? '')]),
    )
    for (let n = 0; n < 6; n += 1) {
      const segmentId = `s${n}`
      const summary = (await one.getConversationSegment(segmentId))?.summary ?? null
      const members = await one.getSegmentMessages({ segmentId })
      const text = summary ?? members.map(({ content }) => content).join('\n')
      const [embedding1] = await one.getEmbeddings({ ownerType: 'segment', ownerIds: [segmentId] })
      expect([segmentId, ...(embedding1?.vector ?? [])]).toEqual([segmentId, ...vectorOf(text)])
    }
  }, 120_000)

  it('comes in the order of the commits: a smaller key that is committed later is not passed by', async () => {
    const { url, all } = await openTogether(2)
    const [slow, fast] = all
    if (slow === undefined || fast === undefined) return expect.unreachable()
    await fast.storeMessage(message('first'))
    await embedAll(fast, 'mini', 'message')
    // Whoever stores 'late' has its key, and waits for whoever has its id.
    const client = await openClient(url)
    await client.query('BEGIN')
    await client.query(
      `INSERT INTO message_places (message_id, channel_id, message_key) VALUES ('late', 'x', 1)`,
    )
    const stored = slow.storeMessage(message('late'))
    await expect
      .poll(async () => {
        return (await client.query(waiting)).rows.length
      })
      .toBe(1)
    await fast.storeMessage(message('early'))
    expect(await pendingIds(fast, 'mini')).toEqual(['early'])
    await client.query('ROLLBACK')
    await stored
    const { rows } = await client.query(
      `SELECT message_id FROM messages WHERE message_id IN ('early', 'late') ORDER BY message_key`,
    )
    expect(rows).toEqual([{ message_id: 'late' }, { message_id: 'early' }])
    expect(await pendingIds(fast, 'mini')).toEqual(['late'])
  })

  it.each(['message', 'segment'] as const)(
    'gives the text of a %s as it is once who is changing it has committed',
    async (owner) => {
      const { url, all } = await openTogether(2)
      const [one, two] = all
      if (one === undefined || two === undefined) return expect.unreachable()
      await embedAll(two, 'mini', owner)
      await one.storeMessage(message('m', { content: 'old' }))
      const segment = { segmentId: 's', channelId: 'general', startTime: 0, endTime: 9 }
      await one.createSegmentWithMessages({ ...segment, messages: ['m'] })
      const client = await openClient(url)
      // Has the change wait just before its commit.
      await client.query('BEGIN')
      await client.query('SELECT pg_advisory_xact_lock(7103)')
      const changing = one.updateMessage({ messageId: 'm', content: 'new' })
      await expect.poll(async () => (await client.query(waitingForLock)).rows.length).toBe(1)
      const lease = two.leaseEmbeddings({ ...asked, owner })
      await expect.poll(async () => (await client.query(waiting)).rows.length).toBe(1)
      await client.query('ROLLBACK')
      await changing
      expect((await lease).items).toMatchObject([{ text: 'new' }])
    },
  )

  it('is asked for the first time once those have committed who know of no one that asks', async () => {
    const { url, all } = await openTogether(2)
    const [one, two] = all
    if (one === undefined || two === undefined) return expect.unreachable()
    await one.addMessages([message('m'), message('n')])
    const embeddings = ['m', 'n'].map((ownerId) => ({
      ownerType: 'message' as const,
      ownerId,
      model: 'mini',
      vector: [1],
    }))
    await one.storeEmbeddings(embeddings)
    const client = await openClient(url)
    const leased = await one.transaction(async (tx) => {
      await tx.deleteEmbeddings({ ownerType: 'message', ownerIds: ['m'] })
      const lease = two.leaseEmbeddings(asked)
      await expect.poll(async () => (await client.query(waitingForLock)).rows.length).toBe(1)
      return [lease] as const
    })
    expect((await leased[0]).items).toMatchObject([{ ownerId: 'm' }])
  })

  it('sees what its own transaction has stored, and gives it to nobody else behind that', async () => {
    const { all } = await openTogether(1)
    const [db] = all
    if (db === undefined) return expect.unreachable()
    await embedAll(db, 'mini', 'message')
    const leased = await db.transaction(async (tx) => {
      await tx.storeMessage(message('own'))
      return tx.leaseEmbeddings(asked)
    })
    expect(leased.items).toMatchObject([{ ownerId: 'own' }])
    expect(await db.leaseEmbeddings(asked)).toMatchObject({ items: [] })
    expect(await db.releaseEmbeddings({ ...asked, leaseId: leased.leaseId ?? '', ownerIds: ['own'] })).toBe(1)
    expect(await pendingIds(db, 'mini')).toEqual(['own'])
  })

  it('leaves nothing of a forgotten user, a deleted channel and what retention deletes', async () => {
    const { url, all } = await openTogether(1)
    const [db] = all
    if (db === undefined) return expect.unreachable()
    await db.addMessages([
      message('a', { userId: 'eve' }),
      message('b', { channelId: 'gone' }),
      message('c', { timestamp: -1 }),
      message('d'),
    ])
    await db.createSegmentWithMessages({
      segmentId: 's',
      channelId: 'gone',
      startTime: 0,
      endTime: 1,
      messages: ['b'],
    })
    await db.leaseEmbeddings({ ...asked, limit: 2 })
    await db.leaseEmbeddings({ ...asked, owner: 'segment' })
    await embedAll(db, 'other', 'message')
    for (const messageId of ['a', 'b', 'c', 'd']) await db.updateMessage({ messageId, content: 'new' })
    await db.forgetUser('eve')
    await db.deleteChannel('gone')
    await db.applyRetention({ olderThan: 0 })
    expect(await db.embeddingProgress({ ...asked, model: 'other' })).toMatchObject({ total: 1, pending: 1 })
    expect(await pendingIds(db, 'mini')).toEqual(['d'])
    expect(await pendingIds(db, 'other')).toEqual(['d'])
    const client = await openClient(url)
    expect((await client.query('SELECT * FROM pending_embeddings')).rows).toEqual([])
  })
})
