import { openDatabase, type DatabaseManager } from 'convodb'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { citusUrl, createCitusSchema } from '../support/citus.js'
import { message } from '../support/databases.js'
import { recordStatements } from '../support/record-statements.js'

const statements = recordStatements()

/** All that is asked often, of one channel. */
async function useOneChannel(db: DatabaseManager): Promise<void> {
  const [channelId, userId] = ['general', 'ada']
  await db.upsertChannel({ channelId, name: 'General' })
  await db.storeMessage(message('1', { channelId, userId, content: 'tea or coffee' }))
  await db.addMessages([message('2', { channelId, userId }), message('3', { channelId, userId })])
  await db.storeMessage(message('1', { channelId, userId, content: 'tea' }))
  await db.updateMessage({ messageId: '2', content: 'edited' })
  await db.addReaction({ messageId: '1', userId, reaction: '+' })
  await db.createSegmentWithMessages({
    segmentId: 's',
    channelId,
    startTime: 0,
    endTime: 9,
    messages: ['1', '2'],
  })
  await db.storeEmbeddings([{ ownerType: 'message', ownerId: '1', model: 'x', vector: [1, 2] }])
  await db.getChannel(channelId)
  await db.getMessages({ channelId })
  await db.getMessages({ channelId, order: 'asc', messageType: 'notice' })
  await db.getMessage('1')
  await db.getMessagesByIds(['1', '2', '3'])
  await db.getMessageContext({ messageId: '2' })
  await db.getConversationSegments({ channelId })
  await db.getSegmentMessages('s')
  await db.getReactions({ messageId: '1' })
  await db.countMessages({ channelId })
  await db.searchMessages({ text: 'tea', channelIds: [channelId] })
  await db.searchByVector({ owner: 'message', model: 'x', vector: [1, 2], channelIds: [channelId] })
  await db.deleteMessages(['3'])
}

describe.runIf(citusUrl !== undefined)('what a real cluster makes of statements', () => {
  let drop: (() => Promise<void>) | undefined
  let client: pg.Client
  beforeAll(async () => {
    const place = await createCitusSchema()
    drop = place.drop
    const db = await openDatabase(place.url, { readers: 1, keepHistory: true })
    await useOneChannel(db)
    await db.close()
    client = new pg.Client({ connectionString: place.url })
    await client.connect()
  })
  afterAll(async () => {
    await client.end()
    await drop?.()
  })

  it('what is asked of one channel asks one node, but where the statement says that it asks all', async () => {
    const wide: string[] = []
    let ofOneNode = 0
    for (const [sql, values] of statements) {
      if (!/^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b/.test(sql)) continue
      const { rows } = await client.query<Record<string, string>>({
        text: `EXPLAIN (COSTS OFF) ${sql}`,
        values: [...values],
      })
      const plan = rows.flatMap((row) => Object.values(row)).join('\n')
      const tasks = [...plan.matchAll(/Task Count: (\d+)/g)].map(([, count]) => Number(count))
      if (tasks.length > 0 && Math.max(...tasks) === 1) ofOneNode += 1
      if (Math.max(0, ...tasks) > 1) wide.push(`${sql.trim().replaceAll(/\s+/g, ' ')}\n${plan}`)
    }
    expect(wide).toEqual([])
    expect(ofOneNode).toBeGreaterThan(30)
  })
})

it.skipIf(citusUrl !== undefined)('needs CONVODB_TEST_CITUS_URL, a coordinator’s', () => undefined)
