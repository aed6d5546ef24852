import pg from 'pg'
import { inParallel } from '../../measure/in-parallel.js'
import { chunk, createRows, type Row } from '../../rows.js'
import { assertStored } from '../engine.js'
import type { Side } from '../side.js'
import { describePostgres, withPostgres } from './server.js'

const createTable = `
  CREATE TABLE messages (
    message_id text PRIMARY KEY, channel_id text NOT NULL, user_id text NOT NULL, content text NOT NULL, timestamp bigint NOT NULL
  );
  CREATE INDEX messages_by_channel ON messages (channel_id, timestamp)`
const insertOne = `
  INSERT INTO messages (message_id, channel_id, user_id, content, timestamp) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (message_id) DO NOTHING`
const insertMany = `
  INSERT INTO messages (message_id, channel_id, user_id, content, timestamp)
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[]) ON CONFLICT (message_id) DO NOTHING`

/** One table with one index, no counters, no users, nothing else that a conversation needs. */
const byHand =
  (
    store: (pool: pg.Pool, rows: readonly Row[]) => Promise<unknown>,
    rowsTogether: (perCall: number) => number,
  ): Side =>
  (input) =>
    withPostgres(async (url) => {
      const rows = createRows(input.rows)
      const pool = new pg.Pool({ connectionString: url, max: 10 })
      await pool.query(createTable)
      const calls = chunk(rows, rowsTogether(input.rowsPerCall))
      const report = await inParallel(calls, input.concurrency, (some) => store(pool, some))
      const { rows: counted } = await pool.query<{ count: string }>('SELECT count(*) FROM messages')
      assertStored(counted[0]?.count, rows.length)
      await pool.end()
      return { items: rows.length, ...report, engine: await describePostgres(url, 'pg') }
    })

/** An insert for each call, over the ten connections of a pool as it comes. */
export const postgresInsertEach = byHand(
  async (pool, rows) => {
    for (const { messageId, channelId, userId, content, timestamp } of rows)
      await pool.query({
        name: 'insert',
        text: insertOne,
        values: [messageId, channelId, userId, content, timestamp],
      })
  },
  () => 1,
)

/** A statement of arrays for many messages. */
export const postgresUnnest = byHand(
  (pool, rows) =>
    pool.query({
      name: 'insert',
      text: insertMany,
      values: [
        rows.map(({ messageId }) => messageId),
        rows.map(({ channelId }) => channelId),
        rows.map(({ userId }) => userId),
        rows.map(({ content }) => content),
        rows.map(({ timestamp }) => timestamp),
      ],
    }),
  (perCall) => perCall,
)
