import { openDatabase, type DatabaseManager } from 'convodb'
import { inParallel } from '../../measure/in-parallel.js'
import { channelToRead, chunk, createRows, type Row } from '../../rows.js'
import { assertStored } from '../engine.js'
import type { Side } from '../side.js'
import { describePostgres, withPostgres } from './server.js'

const describe = (url: string): Promise<string> => describePostgres(url, 'ConvoDB')

/** One call a message. */
export const postgresStore: Side = (input) =>
  withPostgres(async (url) => {
    const rows = createRows(input.rows)
    await using db = await openDatabase(url, { readers: input.readers })
    const report = await inParallel(rows, input.concurrency, (row) => db.storeMessage(row))
    assertStored(await db.countMessages(), rows.length)
    return { items: rows.length, ...report, engine: await describe(url) }
  })

/** `addMessages`, one after another. */
export const postgresBatches: Side = (input) =>
  withPostgres(async (url) => {
    const rows = createRows(input.rows)
    await using db = await openDatabase(url, { readers: input.readers })
    const report = await inParallel(chunk(rows, input.rowsPerCall), input.concurrency, (some) =>
      db.addMessages(some),
    )
    assertStored(await db.countMessages(), rows.length)
    return { items: rows.length, ...report, engine: await describe(url) }
  })

/** The latest 100 messages of one channel after another. */
export const postgresPages = reading((db, index) =>
  db.getMessages({ channelId: channelToRead(index), limit: 100 }),
)

/** A message with the five before and the five after it. */
export const postgresContext = reading((db, index, rows) =>
  db.getMessageContext({ messageId: rows[(index * 7919) % rows.length]?.messageId ?? '' }),
)

function reading(read: (db: DatabaseManager, index: number, rows: readonly Row[]) => Promise<unknown>): Side {
  return (input) =>
    withPostgres(async (url) => {
      await using db = await openDatabase(url, { readers: input.readers })
      const rows = createRows(input.rows)
      for (const some of chunk(rows, 1_000)) await db.addMessages(some)
      const reads = Array.from({ length: input.reads }, (_, index) => index)
      const report = await inParallel(reads, input.concurrency, (index) => read(db, index, rows))
      return { items: input.reads, ...report, engine: await describe(url) }
    })
}
