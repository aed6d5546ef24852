import { openDatabase, type DatabaseManager } from 'convodb'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { message, temporaryDatabase } from '../support/databases.js'
import { startPostgres, type TestPostgres } from '../support/postgres.js'
import { segmentsOf } from '../support/segments.js'

let server: TestPostgres
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close()
})

/** Managers of one database, as two processes have them, and a client beside them. */
async function openBoth() {
  const url = await server.createDatabase()
  const open = async (): Promise<DatabaseManager> => {
    const db = await openDatabase(url, { readers: 1 })
    opened.push(db)
    return db
  }
  const [one, two] = [await open(), await open()]
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  opened.push({ close: () => client.end() })
  return { one, two, client }
}

const rows = (count: number) =>
  Array.from({ length: count }, (_, n) =>
    message(`m${n}`, { timestamp: n * 20_000, userId: `user${(n * n) % 7}`, content: `about ${n % 5}` }),
  )

describe('segmenting on PostgreSQL', () => {
  it('by two at once decides about each message once, and as one alone in a file does', async () => {
    const { one, two } = await openBoth()
    await one.addMessages(rows(2_000))
    const asked = { channelId: 'general', strategy: 'conversations' as const }
    const reports = await Promise.all([one, two].map((db) => db.segmentChannel(asked)))
    expect(reports.reduce((sum, { members }) => sum + members, 0)).toBe(2_000)
    const alone = await temporaryDatabase()
    await alone.addMessages(rows(2_000))
    await alone.segmentChannel(asked)
    expect(await segmentsOf(one, 'general')).toEqual(await segmentsOf(alone, 'general'))
    await alone.close()
  }, 120_000)

  it('while others store, also behind its place, leaves nothing out in the end', async () => {
    const { one, two } = await openBoth()
    const asked = { channelId: 'general', strategy: 'gap' as const }
    const progress = { isOver: false }
    const segmenting = (async () => {
      while (!progress.isOver) await two.segmentChannel(asked)
    })()
    const store = async (offset: number) => {
      for (let n = 0; n < 100; n += 1) {
        const timestamp = (n % 3 === 0 ? 200 - n : n) * 1_000 + offset
        await one.storeMessage(message(`${offset}-${n}`, { timestamp }))
        if (n % 7 === 0) await two.storeMessage(message(`${offset}-${n}`, { timestamp: timestamp - 50_000 }))
      }
    }
    await Promise.all([store(1), store(2)])
    progress.isOver = true
    await segmenting
    await two.segmentChannel(asked)
    const members = (await segmentsOf(one, 'general')).flat()
    expect(members).toHaveLength(200)
    expect(new Set(members).size).toBe(200)
  }, 120_000)

  it('finds a message that was committed late though its key is smaller', async () => {
    const { one, two, client } = await openBoth()
    await one.storeMessage(message('first', { timestamp: 1 }))
    const asked = { channelId: 'general', strategy: 'gap' as const }
    await client.query('BEGIN')
    await client.query(
      `INSERT INTO message_places (message_id, channel_id, message_key) VALUES ('late', 'x', 1)`,
    )
    const stored = one.storeMessage(message('late', { timestamp: 2 }))
    await expect
      .poll(async () => {
        const waiting = `SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'`
        return (await client.query(waiting)).rows.length
      })
      .toBe(1)
    await two.addMessages([message('early', { timestamp: 2 }), message('last', { timestamp: 3 })])
    expect(await two.segmentChannel(asked)).toMatchObject({ members: 3 })
    await client.query('ROLLBACK')
    await stored
    expect(await two.segmentChannel(asked)).toMatchObject({ members: 1 })
    const { items } = await two.getMessages({ channelId: 'general', order: 'asc' })
    const order = items.map(({ messageId }) => messageId)
    expect(order).toEqual(['first', 'late', 'early', 'last'])
    expect(await segmentsOf(two, 'general')).toEqual([order])
  })

  it('knows members of segments whose ids are too long for an index', async () => {
    const { one } = await openBoth()
    await one.addMessages(rows(3))
    const asked = { channelId: 'general', strategy: 'mine' }
    const segmentId = `mine:${'x'.repeat(900)}`
    const step = await one.execute('getSegmentingStep', { ...asked, limit: 2 })
    const messages = step.messages.map(({ messageId }) => ({ messageId, segmentId, isNew: true }))
    const cursor = step.nextCursor ?? ''
    expect(await one.execute('applySegmentingStep', { ...asked, cursor, messages })).toEqual({
      segments: 1,
      messages: 2,
    })
    await one.updateMessage({ messageId: 'm0', metadata: { seen: true } })
    const next = await one.execute('getSegmentingStep', { ...asked, window: 5 })
    expect(next.recent.map((found) => found.segmentId)).toEqual([segmentId, segmentId])
    expect(next.messages).toMatchObject([{ messageId: 'm2', segmentId: null }])
  })

  it('starts anew in a channel that was deleted', async () => {
    const { one } = await openBoth()
    const asked = { channelId: 'general', strategy: 'gap' as const }
    await one.addMessages(rows(5))
    expect(await one.segmentChannel(asked)).toMatchObject({ members: 5 })
    await one.deleteChannel('general')
    await one.addMessages(rows(4))
    expect(await one.segmentChannel(asked)).toMatchObject({ members: 4 })
    expect((await segmentsOf(one, 'general')).flat()).toHaveLength(4)
  })
})
