import { once } from 'node:events'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import Database from 'better-sqlite3'
import { verifyDatabase } from 'convodb'
import { expect, it } from 'vitest'
import { expectError, message, temporaryDatabase, temporaryFolder } from '../support/databases.js'
import { segmentsOf } from '../support/segments.js'

const rows = (count: number) =>
  Array.from({ length: count }, (_, n) =>
    message(`m${n}`, { timestamp: n * 20_000, userId: `user${(n * n) % 7}`, content: `about ${n % 5}` }),
  )

const strategies = ['gap', 'replies', 'conversations'] as const

it('a thread with a port and the main thread share the work: each message is decided about once', async () => {
  const db = await temporaryDatabase()
  await db.addMessages(rows(3_000))
  const port = db.createPort()
  const program = `
    const { parentPort, workerData } = require('node:worker_threads')
    import('convodb').then(async ({ connectPort }) => {
      const db = await connectPort(workerData.port)
      const report = await db.segmentChannel({ channelId: 'general', strategy: 'conversations' })
      await db.close()
      parentPort.postMessage(report)
    })`
  const thread = new Worker(program, { eval: true, workerData: { port }, transferList: [port] })
  const [[theirs], ours] = await Promise.all([
    once(thread, 'message'),
    db.segmentChannel({ channelId: 'general', strategy: 'conversations' }),
  ])
  expect(theirs.members + ours.members).toBe(3_000)
  const members = (await segmentsOf(db, 'general')).flat()
  expect(new Set(members).size).toBe(3_000)
  const alone = await temporaryDatabase()
  await alone.addMessages(rows(3_000))
  await alone.segmentChannel({ channelId: 'general', strategy: 'conversations' })
  expect(await segmentsOf(db, 'general')).toEqual(await segmentsOf(alone, 'general'))
})

it('goes on where it was after the database was closed, and its segments are called the same', async () => {
  const path = join(await temporaryFolder(), 'chat.db')
  const whole = await temporaryDatabase()
  await whole.addMessages(rows(1_200))
  const segmentIds = async (db: typeof whole) =>
    (await db.getConversationSegments({ channelId: 'general', limit: 10_000 })).items.map(
      ({ segmentId }) => segmentId,
    )
  for (const strategy of strategies) {
    await whole.segmentChannel({ channelId: 'general', strategy })
  }
  for (const part of [0, 400, 800]) {
    const db = await temporaryDatabase({}, path)
    await db.addMessages(rows(1_200).slice(part, part + 400))
    for (const strategy of strategies) {
      expect(await db.segmentChannel({ channelId: 'general', strategy })).toMatchObject({ messages: 400 })
    }
    await db.close()
  }
  const db = await temporaryDatabase({}, path)
  expect(await segmentIds(db)).toEqual(await segmentIds(whole))
  for (const strategy of strategies) {
    expect(await segmentsOf(db, 'general', `${strategy}`)).toEqual(
      await segmentsOf(whole, 'general', `${strategy}`),
    )
  }
  await db.close()
  expect(await verifyDatabase(path)).toMatchObject({ isOk: true })
})

it('a damaged place is reported, and no run goes on from it', async () => {
  const path = join(await temporaryFolder(), 'chat.db')
  const db = await temporaryDatabase({}, path)
  await db.addMessages(rows(10))
  await db.segmentChannel({ channelId: 'general', strategy: 'gap' })
  await db.close()
  const file = new Database(path)
  file.exec('UPDATE segmenting_places SET timestamp = timestamp + 1')
  file.close()
  const { problems } = await verifyDatabase(path)
  expect(problems).toMatchObject([{ check: 'checksums', table: 'segmenting_places' }])
  const again = await temporaryDatabase({}, path)
  await expectError(again.segmentChannel({ channelId: 'general', strategy: 'gap' }), 'CORRUPT')
  expect(await again.segmentChannel({ channelId: 'general', strategy: 'replies' })).toMatchObject({
    messages: 10,
  })
})

it('ends a run that follows when the database is closed', async () => {
  const db = await temporaryDatabase()
  await db.addMessages(rows(10))
  let reach: (() => void) | undefined
  const reached = new Promise<void>((resolve) => (reach = resolve))
  const following = db.segmentChannel({
    channelId: 'general',
    strategy: 'gap',
    follow: true,
    onProgress: () => reach?.(),
  })
  const end = expectError(following, 'CLOSED')
  await reached
  await db.close()
  await end
})

it('says of a run that took too long what it did', async () => {
  const db = await temporaryDatabase()
  await db.addMessages(rows(10))
  const slow = async () => {
    await new Promise((resolve) => setTimeout(resolve, 30))
    return 'new' as const
  }
  const call = db.segmentChannel({ channelId: 'general', strategy: slow }, { timeoutMs: 20 })
  await expectError(call, 'TIMEOUT', { messages: 0 })
  expect(await segmentsOf(db, 'general')).toEqual([])
  const following = db.segmentChannel(
    { channelId: 'general', strategy: 'gap', follow: true },
    { timeoutMs: 2_000 },
  )
  await expectError(following, 'TIMEOUT', { messages: 10 })
})
